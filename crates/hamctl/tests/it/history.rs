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
    insta::assert_snapshot!(session.run("history --service billing").await, @r"
    ------- stdout
    WHEN          ENV   ARTIFACT                      BY        WHY                 MESSAGE
    2 hours ago   dev   master-0a1b2c3d4e-99aa88bb77  Bo Lind   autorelease         Add refund limit
    2 days ago    prod  master-0a1b2c3d4e-99aa88bb77  Bo Lind   autorelease         Add refund limit
    1 week ago    dev   master-77ff00aa11-99aa88bb77  Ida Holm  promotion from dev  Fix rounding
    2 months ago  prod  master-77ff00aa11-99aa88bb77  Ida Holm  promotion from dev  Fix rounding
    [exit 0]
    ");
    let two = session.run("history --service billing --limit 2").await;
    assert_eq!(two.lines().count(), 5, "{two}");
    insta::assert_snapshot!(session.run("history --service billing --limit 0").await, @r"
    ------- stderr
    error: invalid value '0' for '--limit <LIMIT>': 0 is not in 1..=1000
    hint: see `hamctl history --help`
    [exit 2]
    ");
}

#[tokio::test]
async fn programs_get_the_exact_time() {
    let double = Double::start().await;
    double.answers("GET /describe/release/billing/dev", &releases());
    insta::assert_snapshot!(Session::at(&double).run("history --service billing --env dev -o yaml").await, @r#"
    ------- stdout
    releases:
    - artifactId: master-0a1b2c3d4e-99aa88bb77
      environment: dev
      intent:
        promote: {}
        releaseBranch: {}
        rollback: {}
        type: AutoRelease
      landedAt: "2026-01-05T09:14:02+01:00"
      message: Add refund limit
      releasedByEmail: bo@example.test
      releasedByName: Bo Lind
      service: billing
      state: landed
    - artifactId: master-77ff00aa11-99aa88bb77
      environment: dev
      intent:
        promote:
          fromEnvironment: dev
        releaseBranch: {}
        rollback: {}
        type: Promote
      landedAt: "2026-01-04T08:00:00Z"
      message: Fix rounding
      releasedByEmail: ida@example.test
      releasedByName: Ida Holm
      service: billing
      state: landed
    service: billing
    [exit 0]
    "#);
}

#[tokio::test]
async fn an_unknown_environment_is_an_error_and_an_empty_one_is_not() {
    let double = Double::start().await;
    double
        .answers("GET /environments", &environments())
        .answers("GET /describe/release/billing/porod", &DescribeReleaseResponse::default())
        .answers("GET /describe/release/billing/prod", &DescribeReleaseResponse::default());
    let session = Session::at(&double);
    insta::assert_snapshot!(session.run("history --service billing --env porod").await, @r"
    ------- stderr
    error: unknown environment 'porod'
    hint: did you mean 'prod'? Known environments: dev, staging, prod
    [exit 1]
    ");
    insta::assert_snapshot!(session.run("history --service billing --env prod").await, @r"
    ------- stdout
    No releases of service billing
    [exit 0]
    ");
}
