//! What the original declares at RabbitMQ. A declaration that differs in one argument from what is there is refused, so
//! these are its own, to the letter.

use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Channel, ExchangeKind};

use super::connection::Broken;
use crate::config::BrokerConfig;

/// Everything that is published reaches the queue.
const EVERYTHING: &str = "#";

/// Declares exchange, queue and binding; what is there already stays.
pub(super) async fn declare(channel: &Channel, config: &BrokerConfig) -> Result<(), Broken> {
    let (exchange, queue) = (config.exchange.as_str(), config.queue.as_str());
    let failed = |what: String| move |source| Broken::Declare { what, source };
    let durable = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
    channel
        .exchange_declare(exchange.into(), ExchangeKind::Topic, durable, FieldTable::default())
        .await
        .map_err(failed(format!("the topic exchange {exchange}")))?;
    let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
    channel
        .queue_declare(queue.into(), durable, arguments())
        .await
        .map_err(failed(format!("the quorum queue {queue}")))?;
    channel
        .queue_bind(
            queue.into(),
            exchange.into(),
            EVERYTHING.into(),
            QueueBindOptions::default(),
            FieldTable::default(),
        )
        .await
        .map_err(failed(format!("the binding of {queue} to {exchange}")))
}

fn arguments() -> FieldTable {
    let mut arguments = FieldTable::default();
    arguments.insert("x-queue-type".into(), AMQPValue::LongString("quorum".into()));
    arguments.insert("x-single-active-consumer".into(), AMQPValue::Boolean(true));
    arguments
}
