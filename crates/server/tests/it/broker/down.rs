//! The broker is away, at the start or later, for a moment or longer.

use api::routes;
use artifact::Intent;
use testkit::{FaultProxy, RabbitMq, wait};

use super::{NAME, Stranger, asked, bed, counts, text};
use crate::bed::PATIENCE;

const UP: [&str; 2] = [
    r#"release_manager_broker_connected{direction="consume"} 1"#,
    r#"release_manager_broker_connected{direction="publish"} 1"#,
];

#[tokio::test(flavor = "multi_thread")]
async fn releases_go_on_without_the_broker_and_it_hears_of_all_of_them_in_order() {
    let rabbit = RabbitMq::start().await.unwrap();
    let line = FaultProxy::start(rabbit.address()).unwrap();
    let subscriber = rabbit.subscribe(NAME).await.unwrap();
    let bed = bed(line.addr()).await;

    // Down at the start.
    line.refuse().await;
    let server = bed.start().await;
    wait::until("the broker to be missed", PATIENCE, async || {
        let ready = text(&server, routes::READYZ).await;
        let missed = ready.starts_with("ok\nevents wait until RabbitMQ is back: amqp://")
            && ready.contains("messages wait at RabbitMQ: amqp://");
        if missed { Ok(()) } else { Err(ready) }
    })
    .await;
    let mut services = Vec::new();
    for round in 0..3 {
        for number in 0..4 {
            let service = format!("service-{round}-{number}");
            server.upload(&service, "master-1", "master").await;
            let landed = server.release(&service, "dev", "master-1", &Intent::ReleaseArtifact).await.unwrap();
            assert_eq!(landed.state, "landed", "in round {round}");
            services.push(service);
        }
        line.heal().await;
        let last = services.last().unwrap().clone();
        let told = |message: &testkit::rabbitmq::Delivered| {
            message.kind == "released" && message.body.contains(&last)
        };
        subscriber.wait_for("all releases", PATIENCE, told).await.unwrap();
        for up in UP {
            wait::until(up, PATIENCE, async || counts(&server, up).await).await;
        }
        assert_eq!(text(&server, routes::READYZ).await, "ok\n");
        // Away while it is used; once for a moment only.
        if round == 0 { line.refuse().await } else { line.cut().await }
    }
    let heard: Vec<String> = subscriber
        .messages()
        .iter()
        .filter(|message| message.kind == "released")
        .map(|message| message.body.clone())
        .collect();
    let mut in_order = heard.clone();
    in_order.dedup();
    let expected: Vec<String> = services
        .iter()
        .map(|service| format!(r#"{{"name":"{service}","namespace":"dev","artifactId":"master-1","authorEmail":"bo@corp.test","authorName":"Bo Lind","squad":"ledger","environment":"dev","intentType":"ReleaseArtifact"}}"#))
        .collect();
    assert_eq!(in_order, expected, "each once, or again right away, and in the order of the releases");

    // What was published meanwhile waits at the broker.
    line.refuse().await;
    let stranger = Stranger::new(&rabbit.url()).await;
    stranger.publish("release.artifactId", "m-1", &asked("service-0-0", "staging", "master-1")).await;
    line.heal().await;
    bed.commit("[staging/service-0-0] release master-1 by eva@corp.test").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_is_refused_is_said_without_its_secrets() {
    let rabbit = RabbitMq::start().await.unwrap();
    let bed = bed(rabbit.address())
        .await
        .flag("--amqp-user=mallory")
        .flag("--amqp-password=p@ss/w:rd%")
        .flag("--log.level=debug");
    let server = bed.start().await;
    let said = wait::until("the refusal", PATIENCE, async || {
        let ready = text(&server, routes::READYZ).await;
        if ready.contains("ACCESS") { Ok(ready) } else { Err(ready) }
    })
    .await;
    let log = std::fs::read_to_string(server.service.log()).unwrap();
    for text in [said, log] {
        assert!(!text.contains("p@ss") && !text.contains("p%40ss"), "{text}");
    }
    server.upload("billing", "master-1", "master").await;
    let landed = server.release("billing", "dev", "master-1", &Intent::ReleaseArtifact).await.unwrap();
    assert_eq!(landed.state, "landed");
}
