//! The broker is away, at the start or later, for a moment or longer.

use std::collections::HashSet;

use api::routes;
use artifact::Intent;
use testkit::rabbitmq::Subscriber;
use testkit::{FaultProxy, RabbitMq, wait};

use super::{NAME, Stranger, asked, bed, counts, text};
use crate::bed::{PATIENCE, Server};

const UP: [&str; 2] = [
    r#"release_manager_broker_connected{direction="consume"} 1"#,
    r#"release_manager_broker_connected{direction="publish"} 1"#,
];

/// The services whose releases were heard of, in order. What a broken connection has not confirmed is published again,
/// under the ids it had, and counts once.
fn released(subscriber: &Subscriber) -> Vec<String> {
    let mut seen = HashSet::new();
    let name = |body: &str| {
        serde_json::from_str::<serde_json::Value>(body).unwrap()["name"].as_str().unwrap().to_owned()
    };
    let mut heard = subscriber.messages();
    heard.retain(|message| message.kind == "released" && seen.insert(message.message_id.clone()));
    heard.iter().map(|message| name(&message.body)).collect()
}

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
        let missed = ready.contains(r#""ready":true"#)
            && ready.contains("events wait until RabbitMQ is back: amqp://")
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
        let ready = text(&server, routes::READYZ).await;
        assert!(!ready.contains(r#""ok":false"#), "{ready}");
        // Away while it is used; once for a moment only.
        if round == 0 { line.refuse().await } else { line.cut().await }
    }
    assert_eq!(released(&subscriber), services, "each under one id, in the order of the releases");

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

/// Threads of the AMQP client in a server: one a connection.
fn connections(server: &Server) -> usize {
    let tasks = std::fs::read_dir(format!("/proc/{}/task", server.service.pid())).unwrap();
    let names = tasks.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok());
    names.filter(|name| name.trim_end() == "lapin-io-loop").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_says_nothing_costs_nothing_and_hears_of_all_after_a_kill() {
    let rabbit = RabbitMq::start().await.unwrap();
    let line = FaultProxy::start(rabbit.address()).unwrap();
    let subscriber = rabbit.subscribe(NAME).await.unwrap();
    let bed = bed(line.addr())
        .await
        .flag("--amqp-connection-timeouts=500ms")
        .flag("--amqp-reconnection-timeouts=100ms");
    line.silence();
    let server = bed.start().await;
    wait::until("many tries", PATIENCE, async || {
        let tries = line.connections();
        if tries >= 12 { Ok(()) } else { Err(tries.to_string()) }
    })
    .await;
    let ready = text(&server, routes::READYZ).await;
    assert!(ready.contains("did not answer within 0.5 s"), "{ready}");
    wait::until("ended tries to be gone", PATIENCE, async || {
        let threads = connections(&server);
        if threads <= 2 { Ok(()) } else { Err(threads.to_string()) }
    })
    .await;

    drop(server);
    line.heal().await;
    // A machine that is busy may need longer than half a second from now on.
    let bed = bed.flag("--amqp-connection-timeouts=10s");
    let server = bed.start().await;
    for up in UP {
        wait::until(up, PATIENCE, async || counts(&server, up).await).await;
    }
    // Published into the silence, and killed before it is confirmed.
    line.silence();
    let services = ["first", "second", "third"];
    for service in services {
        server.upload(service, "master-1", "master").await;
        let landed = server.release(service, "dev", "master-1", &Intent::ReleaseArtifact).await.unwrap();
        assert_eq!(landed.state, "landed");
    }
    drop(server);
    line.heal().await;
    let _server = bed.start().await;
    let third =
        |message: &testkit::rabbitmq::Delivered| message.kind == "released" && message.body.contains("third");
    subscriber.wait_for("the last release", PATIENCE, third).await.unwrap();
    assert_eq!(released(&subscriber), services, "each under one id, in the order of the releases");
}
