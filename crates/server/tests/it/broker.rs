//! RabbitMQ: what the original's publishers and consumers see.

mod down;
mod encrypted;
mod events;
mod incoming;
mod several;

use std::net::SocketAddr;

use api::routes;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties};
use serde_json::Value;

use crate::bed::{Bed, Server, http};

/// Exchange and queue of the original.
pub(crate) const NAME: &str = "release-manager";

/// The flags for a broker at that address.
pub(crate) fn flags(address: SocketAddr) -> Vec<String> {
    [
        "--broker-type=amqp".to_owned(),
        format!("--amqp-host={}", address.ip()),
        format!("--amqp-port={}", address.port()),
        "--amqp-user=guest".to_owned(),
        "--amqp-password=guest".to_owned(),
        "--amqp-reconnection-timeouts=500ms".to_owned(),
    ]
    .to_vec()
}

/// A bed whose servers use the broker at that address.
pub(crate) async fn bed(address: SocketAddr) -> Bed {
    let mut bed = Bed::new().await;
    bed.flags.extend(flags(address));
    bed
}

/// Another program at the broker.
pub(crate) struct Stranger {
    pub(crate) channel: Channel,
    _connection: Connection,
}

impl Stranger {
    pub(crate) async fn new(url: &str) -> Self {
        let connection = Connection::connect(url, ConnectionProperties::default()).await.unwrap();
        let channel = connection.create_channel().await.unwrap();
        channel.confirm_select(ConfirmSelectOptions::default()).await.unwrap();
        Self { channel, _connection: connection }
    }

    /// Publishes as the original does.
    pub(crate) async fn publish(&self, kind: &str, message_id: &str, body: &str) {
        let properties = BasicProperties::default()
            .with_type(kind.into())
            .with_content_type("application/json".into())
            .with_message_id(message_id.into());
        let key = format!("#.{kind}").into();
        let options = BasicPublishOptions::default();
        let publish = self.channel.basic_publish(NAME.into(), key, options, body.as_bytes(), properties);
        assert!(publish.await.unwrap().await.unwrap().is_ack());
    }
}

/// The original's message for a release.
pub(crate) fn asked(service: &str, environment: &str, artifact: &str) -> String {
    format!(
        r#"{{"service":"{service}","environment":"{environment}","namespace":"{environment}","artifactID":"{artifact}","branch":"master","actor":{{"Email":"eva@corp.test","Name":"Eva Berg"}},"intent":{{"type":"ReleaseArtifact","releaseBranch":{{}},"promote":{{}},"rollback":{{}}}},"enqueuedAt":"2026-01-05T09:14:00.123456789Z"}}"#
    )
}

/// Text from the server without a token.
pub(crate) async fn text(server: &Server, path: &str) -> String {
    http().get(format!("{}{path}", server.url)).send().await.unwrap().text().await.unwrap()
}

/// Whether the metrics have this line.
pub(crate) async fn counts(server: &Server, line: &str) -> Result<(), String> {
    let metrics = text(server, routes::METRICS).await;
    if metrics.lines().any(|known| known == line) { Ok(()) } else { Err(metrics) }
}

/// What is given up, oldest first.
pub(crate) async fn dead(server: &Server) -> Vec<Value> {
    let work: Value = server.hamctl().get(&["/queue"], &[]).await.unwrap();
    let items = work["items"].as_array().unwrap().iter();
    items.filter(|item| item["state"] == "dead").cloned().collect()
}
