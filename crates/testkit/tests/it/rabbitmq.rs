//! RabbitMQ, with the product's client.

use std::time::Duration;

use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::{BasicProperties, Connection, ConnectionProperties};
use testkit::RabbitMq;

#[tokio::test]
async fn what_is_published_reaches_the_subscriber_and_servers_are_apart() {
    let (server, other) = (RabbitMq::start().await.unwrap(), RabbitMq::start().await.unwrap());
    let subscriber = server.subscribe("release-manager").await.unwrap();
    let stranger = other.subscribe("release-manager").await.unwrap();
    let connection = Connection::connect(&server.url(), ConnectionProperties::default()).await.unwrap();
    let channel = connection.create_channel().await.unwrap();
    channel.confirm_select(ConfirmSelectOptions::default()).await.unwrap();
    let properties = BasicProperties::default()
        .with_type("released".into())
        .with_content_type("application/json".into())
        .with_message_id("7".into());
    for body in ["{}", r#"{"name":"pay"}"#] {
        let (key, options) = ("#.released".into(), BasicPublishOptions::default());
        let publish = channel.basic_publish(
            "release-manager".into(),
            key,
            options,
            body.as_bytes(),
            properties.clone(),
        );
        assert!(publish.await.unwrap().await.unwrap().is_ack());
    }
    let wanted = subscriber.wait_for("pay", Duration::from_secs(60), |message| message.body.contains("pay"));
    let message = wanted.await.unwrap();
    assert_eq!((message.routing_key.as_str(), message.kind.as_str()), ("#.released", "released"));
    assert_eq!((message.content_type.as_str(), message.message_id.as_str()), ("application/json", "7"));
    assert_eq!(subscriber.messages().len(), 2);
    assert_eq!(stranger.messages(), []);
}
