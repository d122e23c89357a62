//! What is counted of RabbitMQ.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::broker::{Direction, MessageType};

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DirectionLabels {
    direction: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TypeLabels {
    r#type: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ConsumedLabels {
    r#type: &'static str,
    outcome: &'static str,
}

/// What became of a message that was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Consumed {
    /// What it asks for is in the queue.
    Accepted,
    /// It asks for nothing, or this program published it.
    Ignored,
    /// Nobody understands it: it is kept as dead.
    Dead,
}

/// Nothing of it is told where no broker is used.
#[derive(Debug, Default)]
pub(crate) struct BrokerMetrics {
    connected: Family<DirectionLabels, Gauge>,
    published: Family<TypeLabels, Counter>,
    consumed: Family<ConsumedLabels, Counter>,
}

impl BrokerMetrics {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let metrics = Self::default();
        registry.register(
            "release_manager_broker_connected",
            "1 while the connection to RabbitMQ is up",
            metrics.connected.clone(),
        );
        registry.register(
            "release_manager_broker_published",
            "Messages that RabbitMQ has confirmed",
            metrics.published.clone(),
        );
        registry.register(
            "release_manager_broker_consumed",
            "Messages received from RabbitMQ by what became of them",
            metrics.consumed.clone(),
        );
        metrics
    }

    /// A connection is up, or down.
    pub(crate) fn connected(&self, direction: Direction, up: bool) {
        let labels = DirectionLabels { direction: direction.as_str() };
        self.connected.get_or_create(&labels).set(up.into());
    }

    /// A message was confirmed.
    pub(crate) fn published(&self, kind: Option<MessageType>) {
        self.published.get_or_create(&TypeLabels { r#type: name(kind) }).inc();
    }

    /// A message was received.
    pub(crate) fn consumed(&self, kind: Option<MessageType>, outcome: Consumed) {
        let outcome = match outcome {
            Consumed::Accepted => "accepted",
            Consumed::Ignored => "ignored",
            Consumed::Dead => "dead",
        };
        self.consumed.get_or_create(&ConsumedLabels { r#type: name(kind), outcome }).inc();
    }
}

/// Types are few; what others make up is one of them.
fn name(kind: Option<MessageType>) -> &'static str {
    kind.map_or("unknown", MessageType::as_str)
}
