//! RabbitMQ by TLS: whose certificate an authority in the given file has signed is believed, and nobody else.

use artifact::Intent;
use testkit::{RabbitMq, TlsDoor, wait};

use super::{NAME, flags};
use crate::bed::{Bed, PATIENCE};

#[tokio::test(flavor = "multi_thread")]
async fn only_a_broker_that_the_given_authority_signed_for_is_spoken_to() {
    let rabbit = RabbitMq::start_with_tls().await.unwrap();
    let subscriber = rabbit.subscribe(NAME).await.unwrap();
    let mut bed = Bed::new().await;
    bed.flags = flags(rabbit.tls_address().unwrap());
    bed.flags.push("--amqp-tls".to_owned());

    // Another authority, and that of the system: it goes on trying, and says why.
    let stranger = TlsDoor::start(rabbit.address()).unwrap();
    let foreign = Some(format!("--amqp-ca-certificate={}", stranger.authority().display()));
    for given in [None, foreign] {
        let mut wrong = bed.flags.clone();
        wrong.extend(given.clone());
        let flags = std::mem::replace(&mut bed.flags, wrong);
        let server = bed.start().await;
        wait::until("the refusal to be told", PATIENCE, async || {
            let log = std::fs::read_to_string(server.service.log()).unwrap();
            let told =
                log.lines().any(|line| line.contains("amqps://127.0.0.1:") && line.contains("certificate"));
            if told { Ok(()) } else { Err(log) }
        })
        .await;
        bed.flags = flags;
    }

    bed.flags.push(format!("--amqp-ca-certificate={}", rabbit.authority().display()));
    let server = bed.start().await;
    server.upload("billing", "master-1", "master").await;
    server.release("billing", "dev", "master-1", &Intent::ReleaseArtifact).await.unwrap();
    subscriber.wait_for("the release", PATIENCE, |message| message.kind == "released").await.unwrap();
}
