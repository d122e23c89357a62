//! What is published, and what is declared.

use api::{ContainerError, PodErrorEvent, routes};
use artifact::Intent;
use lapin::ExchangeKind;
use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable};
use reqwest::Method;
use testkit::RabbitMq;
use testkit::rabbitmq::Delivered;

use super::{NAME, Stranger, bed, counts};
use crate::bed::{PATIENCE, Server, http};

/// Declares everything as the original does; whatever is there has to be the same to the letter.
async fn declare_as_the_original(url: &str) {
    let stranger = Stranger::new(url).await;
    let exchange = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
    let none = FieldTable::default;
    stranger.channel.exchange_declare(NAME.into(), ExchangeKind::Topic, exchange, none()).await.unwrap();
    let mut arguments = none();
    arguments.insert("x-queue-type".into(), AMQPValue::LongString("quorum".into()));
    arguments.insert("x-single-active-consumer".into(), AMQPValue::Boolean(true));
    let queue = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
    let declared = stranger.channel.queue_declare(NAME.into(), queue, arguments).await.unwrap();
    assert_eq!(declared.consumer_count(), 1, "the server listens");
    let bind = QueueBindOptions::default();
    stranger.channel.queue_bind(NAME.into(), NAME.into(), "#".into(), bind, none()).await.unwrap();
    // A declaration that differs is refused, so the one above says something.
    let differs = stranger.channel.queue_declare(NAME.into(), queue, none()).await;
    assert!(differs.is_err());
}

async fn report<T: serde::Serialize + Sync>(server: &Server, route: &str, event: &T) {
    let daemon = server.client("daemon-token");
    let _answer: serde_json::Value = daemon.call(Method::POST, &[route], event).await.unwrap();
}

fn crashed() -> PodErrorEvent {
    PodErrorEvent {
        pod_name: "billing-5d9c-abcde".into(),
        namespace: "dev".into(),
        errors: vec![ContainerError {
            name: "app".into(),
            message: "panic".into(),
            reason: "CrashLoopBackOff".into(),
        }],
        author_email: "bo@corp.test".into(),
        environment: "dev".into(),
        artifact_id: "master-1".into(),
        squad: "ledger".into(),
        alert_squad: "#squad-ledger-alerts".into(),
    }
}

/// The body without the moment it was enqueued, which has to be there.
fn timeless(body: &str) -> String {
    let (start, time) = body.split_once(r#","enqueuedAt":""#).unwrap();
    assert!(time.trim_end_matches(r#""}"#).parse::<jiff::Timestamp>().is_ok(), "{time}");
    format!("{start}}}")
}

fn check_properties(message: &Delivered) {
    assert_eq!(message.routing_key, format!("#.{}", message.kind));
    assert_eq!(message.content_type, "application/json");
    assert!(message.message_id.parse::<uuid::Uuid>().is_ok(), "{message:?}");
    let age = jiff::Timestamp::now().as_second() - i64::try_from(message.timestamp).unwrap();
    assert!((0..3600).contains(&age), "the time is in seconds: {message:?}");
    assert_eq!(message.delivery_mode, None, "as the original");
    assert_eq!(message.headers, ["x-release-manager"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exchange_hears_of_everything_in_the_words_of_the_original() {
    let rabbit = RabbitMq::start().await.unwrap();
    // Slack is configured and knows nobody: the original would not tell of the failure then.
    let slack = testkit::Slack::start().await.unwrap();
    let bed = bed(rabbit.address())
        .await
        .flag(format!("--slack-url={}", slack.url()))
        .flag(format!("--slack-token={}", slack.token()));
    let server = bed.start().await;
    let up = r#"release_manager_broker_connected{direction="consume"} 1"#;
    testkit::wait::until("a connection", PATIENCE, async || counts(&server, up).await).await;
    let subscriber = rabbit.subscribe(NAME).await.unwrap();
    testkit::wait::until("the consumer", PATIENCE, async || {
        let published = r#"release_manager_broker_connected{direction="publish"} 1"#;
        counts(&server, published).await
    })
    .await;
    declare_as_the_original(&rabbit.url()).await;

    server.upload("billing", "master-1", "master").await;
    let request = api::ReleaseRequest {
        service: "billing".into(),
        environment: "dev".into(),
        artifact_id: "master-1".into(),
        committer_name: "Ida Holm".into(),
        committer_email: "ida@corp.test".into(),
        intent: api::IntentBody::from(&Intent::ReleaseArtifact),
    };
    let asked = http()
        .post(format!("{}{}", server.url, routes::RELEASE))
        .bearer_auth("hamctl-token")
        .header("x-request-id", "request-7")
        .body(api::encode(&request).unwrap());
    assert_eq!(asked.send().await.unwrap().status().as_u16(), 200);
    report(&server, routes::DAEMON_POD_ERROR, &crashed()).await;
    report(&server, routes::DAEMON_DEPLOY, &crate::make::deployed()).await;

    subscriber
        .wait_for("the last event", PATIENCE, |message| message.kind == "releaseSucceeded")
        .await
        .unwrap();
    let heard = subscriber.messages();
    let kinds: Vec<&str> = heard.iter().map(|message| message.kind.as_str()).collect();
    assert_eq!(kinds, ["newArtifact", "release.artifactId", "released", "releaseFailed", "releaseSucceeded"]);
    heard.iter().for_each(check_properties);
    assert_eq!(
        (heard[1].correlation_id.as_str(), heard[2].correlation_id.as_str()),
        ("request-7", "request-7")
    );
    assert_eq!(heard[0].body, r#"{"service":"billing","artifactId":"master-1"}"#);
    assert_eq!(
        timeless(&heard[1].body),
        r#"{"service":"billing","environment":"dev","namespace":"dev","artifactID":"master-1","branch":"master","actor":{"Email":"ida@corp.test","Name":"Ida Holm"},"intent":{"type":"ReleaseArtifact","releaseBranch":{},"promote":{},"rollback":{}}}"#
    );
    assert_eq!(
        heard[2].body,
        r#"{"name":"billing","namespace":"dev","artifactId":"master-1","authorEmail":"bo@corp.test","authorName":"Bo Lind","squad":"ledger","environment":"dev","intentType":"ReleaseArtifact"}"#
    );
    assert_eq!(
        heard[3].body,
        r##"{"podName":"billing-5d9c-abcde","namespace":"dev","errors":["pod: app\n type: CrashLoopBackOff\n msg: panic\n"],"authorEmail":"bo@corp.test","environment":"dev","artifactId":"master-1","squad":"ledger","alertSquad":"#squad-ledger-alerts"}"##
    );
    assert_eq!(
        heard[4].body,
        r#"{"name":"billing","namespace":"dev","resourceType":"Deployment","availablePods":2,"desiredPods":2,"artifactId":"master-1","authorEmail":"bo@corp.test","environment":"dev"}"#
    );
    // Its own messages come back to it, and are nothing new.
    let own = r#"release_manager_broker_consumed_total{type="release.artifactId",outcome="ignored"} 1"#;
    testkit::wait::until("its own message", PATIENCE, async || counts(&server, own).await).await;
    assert_eq!(bed.history().len(), 1);
}
