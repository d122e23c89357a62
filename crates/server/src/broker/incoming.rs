//! Takes in what others publish. RabbitMQ may forget a message when what it asks for is on our disk, and not before.

use lapin::Channel;
use lapin::message::Delivery;
use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions};
use lapin::types::FieldTable;
use queue::{NewItem, QueueError, Taken};
use tokio_stream::StreamExt;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::connection::{Broken, LOOK, Talk, written};
use super::messages::{Meaning, Message, MessageType, Unusable, read};
use super::outgoing::MARK;
use super::{Direction, LETTER};
use crate::app::App;
use crate::arrival;
use crate::metrics::Consumed;
use crate::release::ReleaseItem;

/// The messages that come.
pub(super) struct Incoming {
    app: App,
    queue: String,
    prefetch: u16,
}

impl Incoming {
    pub(super) fn new(app: App, queue: String, prefetch: u16) -> Self {
        Self { app, queue, prefetch }
    }

    /// Puts what a message asks for into the queue, or the message itself when nobody understands it, and lets the
    /// broker forget it. Delivered again, because the acknowledgement was lost, it asks for the same release.
    async fn take_in(&self, channel: &Channel, delivery: Delivery) -> Result<(), Broken> {
        let ours = delivery.properties.headers().as_ref().is_some_and(|headers| headers.contains_key(MARK));
        let text = |property: &Option<lapin::types::ShortString>| {
            property.as_ref().map(|text| text.as_str().to_owned()).unwrap_or_default()
        };
        let kind = text(delivery.properties.kind());
        let outcome = if ours {
            Consumed::Ignored
        } else {
            let message = Message::new(&kind, &text(delivery.properties.message_id()), delivery.data);
            let (outcome, rows) = match asked_for(&message) {
                Ok(rows) if rows.is_empty() => (Consumed::Ignored, rows),
                Ok(rows) => (Consumed::Accepted, rows),
                // Who takes letters finds out once more that it cannot be used, and keeps it with the reason.
                Err(_) => (Consumed::Dead, vec![letter(&message)]),
            };
            self.app.queue.enqueue_all(rows).await.map_err(Broken::Queue)?;
            outcome
        };
        self.app.metrics.broker.consumed(MessageType::named(&kind), outcome);
        written(channel, delivery.acker.ack(BasicAckOptions::default())).await.map(drop)
    }
}

impl Talk for Incoming {
    const DIRECTION: Direction = Direction::Consume;

    async fn talk(&mut self, channel: &Channel, stop: &CancellationToken) -> Result<(), Broken> {
        written(channel, channel.basic_qos(self.prefetch, BasicQosOptions::default())).await?;
        let (options, none) = (BasicConsumeOptions::default(), FieldTable::default());
        let consumer = channel.basic_consume(self.queue.as_str().into(), "".into(), options, none);
        let mut consumer = written(channel, consumer).await?;
        let mut look = tokio::time::interval(LOOK);
        loop {
            tokio::select! {
                // Cancel safe: a message that is not received stays in the client, and goes back unacknowledged.
                delivery = consumer.next() => match delivery {
                    Some(delivery) => self.take_in(channel, delivery.map_err(Broken::Lost)?).await?,
                    // The queue was deleted, or moved to another node.
                    None => return Err(Broken::Ended),
                },
                // Cancel safe: a tick that is missed comes a moment later.
                _ = look.tick() => {
                    if !channel.status().connected() {
                        return Err(Broken::Ended);
                    }
                }
                () = stop.cancelled() => return Ok(()),
            }
        }
    }
}

/// One message that was kept because nobody understood it: perhaps this version does.
pub(super) async fn again(_app: App, taken: Taken) -> Result<(), QueueError> {
    let message = serde_json::from_slice::<Message>(&taken.item().payload);
    let asked = message
        .map_err(|_| "it cannot be read".to_owned())
        .and_then(|message| asked_for(&message).map_err(|error| explain::chain(&error).join(": ")));
    match asked {
        Ok(rows) => taken.finish(rows).await.map(drop),
        Err(reason) => {
            tracing::warn!(reason, "a message from RabbitMQ cannot be used; it is kept as dead");
            taken.give_up(reason, Vec::new()).await.map(drop)
        }
    }
}

/// What a message asks for, as rows of the queue.
fn asked_for(message: &Message) -> Result<Vec<NewItem>, Unusable> {
    Ok(match read(message, Uuid::now_v7())? {
        Meaning::Nothing => Vec::new(),
        Meaning::NewArtifact { service, artifact } => vec![arrival::new_artifact(&service, &artifact)],
        Meaning::Release(release) => {
            vec![ReleaseItem::from_broker(&release).row()]
        }
    })
}

fn letter(message: &Message) -> NewItem {
    NewItem {
        kind: LETTER.to_owned(),
        key: String::new(),
        payload: serde_json::to_vec(message).expect("a struct of texts can be written as JSON"),
    }
}
