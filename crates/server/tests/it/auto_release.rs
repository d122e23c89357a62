//! A new artifact is released where a policy says so, and people hear of it.

use api::{
    ApplyAutoReleaseRequest, AutoReleaseBody, DeletePoliciesRequest, DeletePoliciesResponse,
    PoliciesResponse, routes,
};
use reqwest::Method;
use testkit::Slack;

use crate::bed::{BRANCH, Bed, PATIENCE, Server};

/// Says that artifacts of a branch go to an environment by themselves.
pub(crate) async fn apply(server: &Server, branch: &str, environment: &str) {
    let request = ApplyAutoReleaseRequest {
        service: "billing".into(),
        branch: branch.into(),
        environment: environment.into(),
        committer_name: "Ida Holm".into(),
        committer_email: "ida@corp.test".into(),
    };
    let applied: AutoReleaseBody =
        server.hamctl().call(Method::PATCH, &[routes::AUTO_RELEASE], &request).await.unwrap();
    assert_eq!(applied.id, format!("auto-release-{branch}-{environment}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_is_released_by_its_policy_and_told_on_slack() {
    let slack = Slack::start().await.unwrap();
    slack.add_user("bo@corp.test");
    let bed = Bed::new()
        .await
        .flag(format!("--slack-url={}", slack.url()))
        .flag(format!("--slack-token={}", slack.token()))
        .flag("--email-suffix=@corp.test");
    let server = bed.start().await;
    apply(&server, "master", "dev").await;
    slack.rate_limit_next(1);
    server.upload("billing", "feature_x-1", "feature/x").await;
    server.upload("billing", "master-1", "master").await;

    let commit = bed.commit("[dev/billing] auto release master-1 by bo@corp.test").await;
    assert_eq!(commit.trailer("Release-intent"), Some("AutoRelease"));
    assert_eq!(commit.author_email, "bo@corp.test");
    for (to, title) in [
        ("bo@corp.test", ":rocket: Release Manager :white_check_mark:"),
        ("#releases-dev", "billing (master-1)"),
        ("#squad-ledger-releases-dev", "billing (master-1)"),
    ] {
        let what = format!("{title} to {to}");
        slack
            .wait_for(&what, PATIENCE, |message| message.to == to && message.attachment("title") == title)
            .await
            .unwrap();
    }
    let processed =
        |message: &testkit::slack::Message| message.says("Release for *billing* in dev processed");
    slack.wait_for("the author to hear", PATIENCE, processed).await.unwrap();
    assert!(!bed.history().iter().any(|commit| commit.subject().contains("feature_x-1")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_arrival_is_not_lost_when_the_server_dies_before_releasing_it() {
    let bed = Bed::new().await;
    let server = bed.start().await;
    apply(&server, "master", "dev").await;
    bed.git.down().await;
    server.upload("billing", "master-1", "master").await;
    drop(server);
    bed.git.up().await;
    let _server = bed.start().await;
    bed.commit("[dev/billing] auto release master-1 by bo@corp.test").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_are_listed_and_deleted() {
    let bed = Bed::new().await.flag("--policy-branch-restrictions=prod=^master$");
    let server = bed.start().await;
    apply(&server, "master", "dev").await;
    let listed: PoliciesResponse =
        server.hamctl().get(&[routes::POLICIES], &[("service", "billing")]).await.unwrap();
    assert_eq!(listed.auto_releases[0].id, "auto-release-master-dev");
    assert_eq!((listed.branch_restrictions[0].id.as_str(), listed.branch_restrictions.len()), ("", 1));
    let request = DeletePoliciesRequest {
        service: "billing".into(),
        policy_ids: vec!["auto-release-master-dev".into(), "unknown".into()],
        committer_name: "Ida Holm".into(),
        committer_email: "ida@corp.test".into(),
    };
    let deleted: DeletePoliciesResponse =
        server.hamctl().call(Method::DELETE, &[routes::POLICIES], &request).await.unwrap();
    assert_eq!(deleted.count, 1);
    assert!(!bed.repo.file(BRANCH, "policies/billing.json").unwrap().contains("auto-release-master-dev"));
}
