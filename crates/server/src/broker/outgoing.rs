//! Publishes events in their order, many before the first is confirmed. What an ended connection has not confirmed is
//! published again on the next one, in the same order, before anything newer.

use std::collections::VecDeque;
use std::pin::Pin;
use std::time::{Duration, Instant};

use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel, PublisherConfirm};
use queue::{QueueError, Taken};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::connection::{Broken, CONFIRM, LOOK, Talk, written};
use super::messages::MessageType;
use super::outbox::Event;
use super::{Direction, EVENT};
use crate::app::App;

/// Events published and not confirmed: enough to fill a line with a long delay, and a megabyte at most.
const IN_FLIGHT: usize = 256;

/// Events taken from the queue at once.
const BATCH: usize = 64;

/// How long confirmations are waited for at the end; what comes later is published again at the next start.
const LAST: Duration = Duration::from_secs(5);

/// The longest text that a property can hold, in bytes.
const LONGEST_PROPERTY: usize = 255;

/// The header that says that a message is of this program, so that it does not do again what it told.
pub(super) const MARK: &str = "x-release-manager";

/// The header's value.
const PRODUCT: &str = "release-manager";

/// Items from the queue that are asked for and may be on their way. Dropping this would give them back for later, out
/// of their order, so it outlives the connection.
type Asked = Pin<Box<dyn Future<Output = Result<Vec<Taken>, QueueError>> + Send + Sync>>;

/// The events on their way.
pub(super) struct Outgoing {
    app: App,
    exchange: String,
    asked: Option<Asked>,
    /// Taken from the queue and not confirmed, oldest first.
    unconfirmed: VecDeque<Taken>,
}

/// What the broker still has to confirm, and since when.
struct Unconfirmed {
    confirm: PublisherConfirm,
    since: Instant,
}

impl Outgoing {
    pub(super) fn new(app: App, exchange: String) -> Self {
        Self { app, exchange, asked: None, unconfirmed: VecDeque::new() }
    }

    /// The next events, as soon as there are any.
    async fn next(&mut self) -> Result<Vec<Taken>, Broken> {
        let queue = self.app.queue.clone();
        let asked = self.asked.get_or_insert_with(|| Box::pin(async move { queue.take(EVENT, BATCH).await }));
        let taken = asked.as_mut().await;
        self.asked = None;
        taken.map_err(Broken::Queue)
    }

    async fn publish(&self, channel: &Channel, event: &Event) -> Result<Unconfirmed, Broken> {
        let kind = MessageType::named(&event.kind)
            .map_or_else(|| format!("#.{}", event.kind), MessageType::routing_key);
        let published = channel.basic_publish(
            self.exchange.as_str().into(),
            kind.into(),
            BasicPublishOptions::default(),
            event.body.as_bytes(),
            properties(event),
        );
        Ok(Unconfirmed { confirm: written(channel, published).await?, since: Instant::now() })
    }

    /// Publishes what was taken; an item that is no event is given up, since nobody could ever publish it.
    async fn publish_all(
        &mut self,
        channel: &Channel,
        taken: Vec<Taken>,
        confirms: &mut VecDeque<Unconfirmed>,
    ) -> Result<(), Broken> {
        let mut events = Vec::with_capacity(taken.len());
        for taken in taken {
            match serde_json::from_slice::<Event>(&taken.item().payload) {
                Ok(event) if event.kind.len() < LONGEST_PROPERTY - 1 => {
                    events.push(event);
                    // Before the first is published: if the connection ends now, none may be missed.
                    self.unconfirmed.push_back(taken);
                }
                _ => {
                    let given_up = taken.give_up("it cannot be read".to_owned(), Vec::new()).await;
                    given_up.map_err(Broken::Queue)?;
                }
            }
        }
        for event in events {
            confirms.push_back(self.publish(channel, &event).await?);
        }
        Ok(())
    }

    /// Publishes again what an earlier connection did not confirm.
    async fn publish_again(&self, channel: &Channel) -> Result<VecDeque<Unconfirmed>, Broken> {
        let mut confirms = VecDeque::new();
        for taken in &self.unconfirmed {
            if let Ok(event) = serde_json::from_slice(&taken.item().payload) {
                confirms.push_back(self.publish(channel, &event).await?);
            }
        }
        Ok(confirms)
    }
}

impl Talk for Outgoing {
    const DIRECTION: Direction = Direction::Publish;

    async fn talk(&mut self, channel: &Channel, stop: &CancellationToken) -> Result<(), Broken> {
        written(channel, channel.confirm_select(ConfirmSelectOptions::default())).await?;
        let mut confirms = self.publish_again(channel).await?;
        let mut finishing: JoinSet<Result<Vec<queue::ItemId>, QueueError>> = JoinSet::new();
        let mut look = tokio::time::interval(LOOK);
        let mut stopping: Option<Instant> = None;
        loop {
            if stopping.is_some_and(|since| confirms.is_empty() || since.elapsed() > LAST) {
                while finishing.join_next().await.is_some() {}
                return Ok(());
            }
            let room = stopping.is_none() && self.unconfirmed.len() + BATCH <= IN_FLIGHT;
            tokio::select! {
                // Cancel safe: what is asked for stays in `self`.
                taken = self.next(), if room => self.publish_all(channel, taken?, &mut confirms).await?,
                // Cancel safe: the confirmation stays in front.
                confirmed = first(&mut confirms), if !confirms.is_empty() => {
                    confirmed?;
                    confirms.pop_front();
                    if let Some(taken) = self.unconfirmed.pop_front() {
                        self.app.metrics.broker.published(kind_of(&taken));
                        finishing.spawn(taken.finish(Vec::new()));
                    }
                }
                // Cancel safe: a finished task stays in the set until it is joined.
                Some(finished) = finishing.join_next(), if !finishing.is_empty() => {
                    if let Ok(Err(error)) = finished {
                        return Err(Broken::Queue(error));
                    }
                }
                // Cancel safe: a tick that is missed comes a moment later.
                _ = look.tick() => {
                    if !channel.status().connected() {
                        return Err(Broken::Ended);
                    }
                    if confirms.front().is_some_and(|first| first.since.elapsed() > CONFIRM) {
                        return Err(Broken::Unconfirmed);
                    }
                }
                () = stop.cancelled(), if stopping.is_none() => stopping = Some(Instant::now()),
            }
        }
    }
}

/// Waits for the oldest confirmation. Refused is as good as unconfirmed: it is published again on a new connection,
/// with all that follows, so that the order stays.
async fn first(confirms: &mut VecDeque<Unconfirmed>) -> Result<(), Broken> {
    match confirms.front_mut() {
        None => std::future::pending().await,
        Some(Unconfirmed { confirm, .. }) => match confirm.await {
            Ok(confirmation) if confirmation.is_ack() => Ok(()),
            Ok(_) => Err(Broken::Unconfirmed),
            Err(error) => Err(Broken::Lost(error)),
        },
    }
}

/// The type of a published item, for the metrics.
fn kind_of(taken: &Taken) -> Option<MessageType> {
    let event: Event = serde_json::from_slice(&taken.item().payload).ok()?;
    MessageType::named(&event.kind)
}

/// The original's properties, and our mark.
fn properties(event: &Event) -> BasicProperties {
    let mut headers = FieldTable::default();
    headers.insert(MARK.into(), AMQPValue::LongString(PRODUCT.into()));
    let properties = BasicProperties::default()
        .with_type(event.kind.as_str().into())
        .with_content_type("application/json".into())
        .with_message_id(event.message_id.to_string().into())
        .with_timestamp(event.timestamp)
        .with_headers(headers);
    match event.correlation_id.as_str() {
        "" => properties,
        id if id.len() > LONGEST_PROPERTY => properties,
        id => properties.with_correlation_id(id.into()),
    }
}
