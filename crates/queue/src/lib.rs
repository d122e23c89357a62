//! A durable queue in one file.
//!
//! What was [enqueued](Queue::enqueue) is on the disk before the call returns, and stays until somebody says that it
//! is [finished](Taken::finish). A process that is killed, at any instant, finds all the rest again. Many callers
//! share one `fsync`: while one is under way, the next batch gathers.
//!
//! ```text
//! enqueue --> pending --> taken --> finished (gone; follow-ups enqueued in the same commit)
//!                ^          |
//!                +- later --+-----> dead (kept with its reason) -- retry_dead --> pending
//! ```
//!
//! Items have a kind, which says who takes them, and a key: of one key, one item at a time is out, oldest first.
//! Delivery is "at least once": whoever takes an item must notice that it was done before.
//!
//! It knows nothing of releases: payloads are bytes. Read [`Queue`], [`NewItem`] and [`Taken`]; the rules are in
//! `book.rs`, without a disk or a clock.

mod backoff;
mod book;
mod commands;
mod error;
mod file;
mod item;
mod owner;
mod queue;
mod taken;

pub use backoff::Backoff;
pub use error::QueueError;
pub use item::{Depth, Item, ItemId, NewItem, State};
pub use queue::Queue;
pub use taken::Taken;
