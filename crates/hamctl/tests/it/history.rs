//! `history`: who released what, where and when.

use api::DescribeReleaseResponse;
use jiff::{SignedDuration, Timestamp};

use crate::double::Double;
use crate::samples::{environments, releases};
use crate::session::Session;

/// Releases so many hours ago, newest first.
pub(crate) fn hours_ago(env: &str, hours: [i64; 2]) -> DescribeReleaseResponse {
    let mut answer = DescribeReleaseResponse { environment: env.into(), ..releases() };
    for (release, hours) in answer.releases.iter_mut().zip(hours) {
        release.released_at = artifact::WireTime::utc(Timestamp::now() - SignedDuration::from_hours(hours));
    }
    answer
}

#[tokio::test]
async fn releases_of_all_environments_are_one_list() {
    let double = Double::start().await;
    double
        .answers("GET /environments", &environments())
        .answers("GET /describe/release/billing/dev", &hours_ago("dev", [2, 200]))
        .answers("GET /describe/release/billing/staging", &DescribeReleaseResponse::default())
        .answers("GET /describe/release/billing/prod", &hours_ago("prod", [50, 2000]));
    let session = Session::at(&double);
    insta::assert_snapshot!(session.run("history --service billing").await, @"");
    let two = session.run("history --service billing --limit 2").await;
    assert_eq!(two.lines().count(), 5, "{two}");
    insta::assert_snapshot!(session.run("history --service billing --limit 0").await, @"");
}

#[tokio::test]
async fn programs_get_the_exact_time() {
    let double = Double::start().await;
    double.answers("GET /describe/release/billing/dev", &releases());
    insta::assert_snapshot!(Session::at(&double).run("history --service billing --env dev -o yaml").await, @"");
}

#[tokio::test]
async fn an_unknown_environment_is_an_error_and_an_empty_one_is_not() {
    let double = Double::start().await;
    double
        .answers("GET /environments", &environments())
        .answers("GET /describe/release/billing/porod", &DescribeReleaseResponse::default())
        .answers("GET /describe/release/billing/prod", &DescribeReleaseResponse::default());
    let session = Session::at(&double);
    insta::assert_snapshot!(session.run("history --service billing --env porod").await, @"");
    insta::assert_snapshot!(session.run("history --service billing --env prod").await, @"");
}
