//! RabbitMQ, for the programs that published to the original or listened to it (spec, section 7.1).
//!
//! The durable queue keeps what was accepted, whatever the broker does. What the exchange is told of are rows of that
//! queue, enqueued in the commit that accepts or finishes the work they tell of, and published in their order. What
//! others ask for becomes a row before RabbitMQ hears that it may forget it. So a broker that is away holds nothing
//! up and loses nothing: it hears later.
//!
//! ```text
//! release, arrival, rollouts --> Outbox --> queue (amqp) --> outgoing --> exchange --> every subscriber
//!                                                                            |
//!            release, newArtifact <-- queue <-- incoming <-- queue <---------+---- other publishers
//!                                        ^         |
//!                 retry by a person -----+         +--> dead letters (amqpMessage)
//! ```
//!
//! `messages` knows the words and does no I/O. `connection` keeps a connection up for as long as the server runs, one
//! for each direction: RabbitMQ stops to read from who publishes when it runs out of memory, and acknowledgements
//! must go on then.

mod connection;
mod dial;
mod incoming;
mod links;
mod messages;
mod outbox;
mod outgoing;
mod topology;

pub(crate) use links::{Direction, Links};
pub(crate) use messages::MessageType;
pub use messages::{Meaning, Message, Unusable, read as read_message};
pub(crate) use outbox::Outbox;

use queue::QueueError;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::config::BrokerConfig;
use crate::drain::drain;

/// The kind of work in the queue: a message to be published.
const EVENT: &str = "amqp";

/// The kind of work in the queue: a message that was received and could not be understood.
const LETTER: &str = "amqpMessage";

/// Dead letters that are tried again at once.
const LETTERS: usize = 4;

/// Speaks to the broker until it is told to stop.
///
/// # Errors
/// When the queue has stopped.
pub(crate) async fn work(app: App, config: BrokerConfig, stop: CancellationToken) -> Result<(), QueueError> {
    let mut directions = JoinSet::new();
    let outgoing = outgoing::Outgoing::new(app.clone(), config.exchange.clone());
    directions.spawn(connection::keep(app.clone(), config.clone(), outgoing, stop.clone()));
    let incoming = incoming::Incoming::new(app.clone(), config.queue.clone(), config.prefetch);
    directions.spawn(connection::keep(app.clone(), config, incoming, stop.clone()));
    let again = app.clone();
    directions.spawn(drain((app.queue.clone(), app.space.clone()), LETTER, LETTERS, stop, move |taken| {
        incoming::again(again.clone(), taken)
    }));
    while let Some(ended) = directions.join_next().await {
        // A panic of one is the end of all: their owner ends the program.
        ended.unwrap_or(Err(QueueError::Stopped))?;
    }
    Ok(())
}
