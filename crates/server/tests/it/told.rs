//! Grafana and GitHub hear of releases; what can never be told stays visible.

use api::routes;
use artifact::Intent;
use testkit::{GitHub, Grafana, Slack, wait};

use crate::bed::{Bed, PATIENCE, http};
use crate::make;

#[tokio::test(flavor = "multi_thread")]
async fn a_release_is_annotated_and_its_tag_moves() {
    let (grafana, github) = (Grafana::start().await.unwrap(), GitHub::start().await.unwrap());
    let bed = Bed::new()
        .await
        .flag(format!("--grafana-annotations=dev={}={}", grafana.api_key(), grafana.url()))
        .flag(format!("--github-url={}", github.url()))
        .flag(format!("--github-api-token={}", github.token()))
        .flag("--github-organisation=acme");
    let server = bed.start().await;
    for id in ["master-1", "master-2"] {
        server.upload("billing", id, "master").await;
        server.release("billing", "dev", id, &Intent::ReleaseArtifact).await.unwrap();
        let sha = make::sha(id);
        let tag = github.wait_for(id, PATIENCE, |change| change.sha == sha).await.unwrap();
        assert_eq!((tag.repository.as_str(), tag.name.as_str()), ("acme/billing-service", "refs/tags/dev"));
        assert_eq!(tag.created, id == "master-1");
    }
    server.release("billing", "staging", "master-1", &Intent::ReleaseArtifact).await.unwrap();
    let second = |annotation: &testkit::grafana::Annotation| annotation.data.contains("master-2");
    let annotation = grafana.wait_for("the second release", PATIENCE, second).await.unwrap();
    assert_eq!(annotation.what, "Deployment: billing");
    assert_eq!(annotation.tags, ["deployment", "billing", "dev"]);
    assert_eq!(annotation.data, "<br>Author: Bo Lind<br>Message: Build master-2<br>ArtifactID: master-2");
    assert_eq!(grafana.annotations().len(), 2, "staging has no Grafana");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_slack_will_never_take_is_counted_as_dead_and_holds_nothing_up() {
    let slack = Slack::start().await.unwrap();
    slack.archive("#releases-dev");
    let bed = Bed::new()
        .await
        .flag(format!("--slack-url={}", slack.url()))
        .flag(format!("--slack-token={}", slack.token()));
    let server = bed.start().await;
    server.upload("billing", "master-1", "master").await;
    let landed = server.release("billing", "dev", "master-1", &Intent::ReleaseArtifact).await.unwrap();
    assert_eq!(landed.state, "landed");
    let squad = |message: &testkit::slack::Message| message.to == "#squad-ledger-releases-dev";
    slack.wait_for("the squad to hear", PATIENCE, squad).await.unwrap();
    wait::until("the lost message to be counted", PATIENCE, async || {
        let metrics = http().get(format!("{}{}", server.url, routes::METRICS));
        let metrics = metrics.send().await.unwrap().text().await.unwrap();
        let dead = r#"release_manager_queue_items{kind="slack",state="dead"} 1"#;
        if metrics.contains(dead) { Ok(()) } else { Err(metrics) }
    })
    .await;

    let waiting: serde_json::Value = server.hamctl().get(&["/queue"], &[]).await.unwrap();
    let dead = &waiting["items"][0];
    assert_eq!((&dead["state"], &dead["reason"]), (&"dead".into(), &"Slack says is_archived".into()));
    let retry = async |id: &str| {
        let request = http().post(format!("{}/queue/{id}/retry", server.url)).bearer_auth("hamctl-token");
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(retry(&dead["id"].to_string()).await, 202);
    assert_eq!(retry("999999").await, 404);
}
