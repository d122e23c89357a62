//! What others publish.

use artifact::Intent;
use testkit::{RabbitMq, wait};

use super::{NAME, Stranger, asked, bed, counts, dead};
use crate::auto_release::apply;
use crate::bed::{Bed, PATIENCE, http};

#[tokio::test(flavor = "multi_thread")]
async fn what_others_ask_for_is_done_once_and_what_nobody_understands_is_kept() {
    let rabbit = RabbitMq::start().await.unwrap();
    let bed = bed(rabbit.address()).await;
    let server = bed.start().await;
    let up = r#"release_manager_broker_connected{direction="consume"} 1"#;
    wait::until("a connection", PATIENCE, async || counts(&server, up).await).await;
    let subscriber = rabbit.subscribe(NAME).await.unwrap();
    let stranger = Stranger::new(&rabbit.url()).await;
    server.upload("billing", "master-1", "master").await;
    server.upload("billing", "master-2", "master").await;

    // Delivered three times, it is done once.
    for _ in 0..3 {
        stranger.publish("release.artifactId", "m-1", &asked("billing", "dev", "master-1")).await;
    }
    let commit = bed.commit("[dev/billing] release master-1 by eva@corp.test").await;
    assert!(commit.trailer("Release-Id").is_some());
    let taken = r#"release_manager_broker_consumed_total{type="release.artifactId",outcome="accepted"} 3"#;
    wait::until("all three", PATIENCE, async || counts(&server, taken).await).await;
    stranger.publish("release.artifactId", "m-2", &asked("billing", "dev", "master-2")).await;
    bed.commit("[dev/billing] release master-2 by eva@corp.test").await;
    assert_eq!(bed.history().len(), 2);
    let released = |message: &testkit::rabbitmq::Delivered| {
        message.kind == "released" && message.body.contains("master-2")
    };
    subscriber.wait_for("released", PATIENCE, released).await.unwrap();
    let requests = subscriber.messages().iter().filter(|one| one.kind == "release.artifactId").count();
    assert_eq!(requests, 4, "what others asked for is not told a second time");

    // An artifact that another server has heard of is released where a policy says so.
    apply(&server, "master", "prod").await;
    stranger.publish("newArtifact", "m-3", r#"{"service":"billing","artifactId":"master-1"}"#).await;
    bed.commit("[prod/billing] auto release master-1 by bo@corp.test").await;

    unusable(&stranger, &server).await;
    refused(&bed, &stranger, &server).await;
}

/// Messages that nobody understands do not stop those behind them, and can be tried again.
async fn unusable(stranger: &Stranger, server: &crate::bed::Server) {
    stranger.publish("promote", "m-4", "{}").await;
    stranger.publish("release.artifactId", "m-5", "not json").await;
    stranger.publish("release.artifactId", "m-6", &asked("billing", "../prod", "master-1")).await;
    let letters = wait::until("three dead letters", PATIENCE, async || {
        let dead = dead(server).await;
        if dead.len() == 3 { Ok(dead) } else { Err(format!("{dead:?}")) }
    })
    .await;
    let reasons: Vec<&str> = letters.iter().map(|letter| letter["reason"].as_str().unwrap()).collect();
    assert!(reasons.contains(&"nothing is known of messages of type `promote`"), "{reasons:?}");
    assert!(reasons.iter().any(|reason| reason.starts_with("its body cannot be read: ")), "{reasons:?}");
    assert!(
        reasons.iter().any(|reason| reason.starts_with("`../prod` is not a valid environment")),
        "{reasons:?}"
    );
    assert!(letters.iter().all(|letter| letter["kind"] == "amqpMessage"));
    let first = letters[0]["id"].as_u64().unwrap();
    let retry = http().post(format!("{}/queue/{first}/retry", server.url)).bearer_auth("hamctl-token");
    assert_eq!(retry.send().await.unwrap().status().as_u16(), 202);
    wait::until("the letter to be dead again", PATIENCE, async || {
        let numbers: Vec<u64> =
            dead(server).await.iter().map(|letter| letter["id"].as_u64().unwrap()).collect();
        let again = numbers.len() == 3 && !numbers.contains(&first);
        if again { Ok(()) } else { Err(format!("{numbers:?}")) }
    })
    .await;
}

/// What the gate refuses is kept with its reason, and lands when a person tries it again and it may.
async fn refused(bed: &Bed, stranger: &Stranger, server: &crate::bed::Server) {
    stranger.publish("release.artifactId", "m-7", &asked("billing", "staging", "master-3")).await;
    let refused = wait::until("the refused release", PATIENCE, async || {
        let dead = dead(server).await;
        dead.iter().find(|item| item["kind"] == "release").cloned().ok_or(format!("{dead:?}"))
    })
    .await;
    assert!(refused["reason"].as_str().unwrap().contains("master-3"), "{refused}");
    assert_eq!(refused["key"], "staging/billing");
    server.upload("billing", "master-3", "master").await;
    let retry =
        http().post(format!("{}/queue/{}/retry", server.url, refused["id"])).bearer_auth("hamctl-token");
    assert_eq!(retry.send().await.unwrap().status().as_u16(), 202);
    bed.commit("[staging/billing] release master-3 by eva@corp.test").await;
    // A release in the usual way goes on beside all that.
    let landed = server.release("billing", "staging", "master-1", &Intent::ReleaseArtifact).await.unwrap();
    assert_eq!(landed.state, "landed");
}
