//! The durable outbox: what has happened and is not yet delivered, beside what has been told before.
//!
//! ```text
//! reporter --commit(entries + rows, one transaction)--> [ pending ] --settle--> gone | [ dead letters ]
//! ```
//!
//! An event and the memory that it was told are written in one transaction: killed at any instant, the daemon either
//! tells it after the restart, or sees the same state again. Keys count up, so the order of events is that of their
//! keys. Methods that write block on the disk. After one of them failed, the outbox has to be opened anew.

mod error;
mod index;
mod store;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::event::Event;
use crate::report::Row;
pub use error::OutboxError;
use index::Index;
pub use index::{Dropped, Pending};
use store::Store;

/// The name of the outbox in the data directory.
pub const FILE_NAME: &str = "outbox.redb";

/// How much is kept before the oldest is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Undelivered events: room for every workload and pod of a large cluster, and 100 MB at the very most.
    pub pending: usize,
    /// Events that the server refused for good.
    pub dead: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { pending: 10_000, dead: 1_000 }
    }
}

/// An event that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Entries of one lane are delivered in order.
    pub lane: String,
    /// A newer entry of the same lane with the same key makes this one not worth sending.
    pub supersedes: Option<String>,
    /// When it was put here.
    pub queued_at: Timestamp,
    /// What to tell.
    pub event: Event,
}

/// An event that the server refused for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// When it was given up.
    pub at: Timestamp,
    /// What the server said.
    pub reason: String,
    /// The event.
    pub entry: Entry,
}

/// How full it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Depth {
    /// Undelivered events.
    pub pending: usize,
    /// Since when the oldest waits.
    pub oldest: Option<Timestamp>,
}

/// The outbox.
#[derive(Debug)]
pub struct Outbox {
    store: Store,
    limits: Limits,
    index: Mutex<Index>,
    depth: watch::Sender<Depth>,
}

impl Outbox {
    /// Opens the outbox in a directory, which is made if need be.
    ///
    /// # Errors
    /// When it cannot be opened: another daemon has it, it is of a later version, or the disk fails.
    pub fn open(dir: &Path, limits: Limits) -> Result<Self, OutboxError> {
        let store = Store::open(dir)?;
        let mut index = Index::starting_at(store.first_free_key()?);
        for (key, entry) in store.pending()? {
            index.insert(key, &entry);
        }
        let depth = watch::Sender::new(index.depth());
        Ok(Self { store, limits, index: Mutex::new(index), depth })
    }

    /// What was told before, by the uid of the object.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn told(&self) -> Result<HashMap<String, Row>, OutboxError> {
        self.store.told()
    }

    /// Stores entries, and what to remember or forget; all of it or nothing.
    ///
    /// # Errors
    /// When the disk fails; then nothing has changed.
    pub fn commit(&self, entries: &[Entry], rows: &[(String, Option<Row>)]) -> Result<Dropped, OutboxError> {
        // Only the reporter adds, and what the poster removes meanwhile may be removed twice.
        let plan = self.index().plan(entries, self.limits.pending);
        self.store.commit(&plan, entries, rows)?;
        let mut index = self.index();
        plan.removed.iter().for_each(|key| index.remove(*key));
        for (key, entry) in plan.added(entries) {
            index.insert(key, entry);
        }
        self.depth.send_replace(index.depth());
        Ok(plan.dropped)
    }

    /// The oldest entry that is the first of its lane and whose lane is `ready`.
    #[must_use]
    pub fn next(&self, ready: impl Fn(&str) -> bool) -> Option<Pending> {
        self.index().next(ready)
    }

    /// An entry; none when it was superseded meanwhile.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn read(&self, key: u64) -> Result<Option<Entry>, OutboxError> {
        self.store.entry(key)
    }

    /// Ends entries: delivered ones (no reason) are removed, refused ones become dead letters.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn settle(&self, ended: &[(u64, Option<String>)], now: Timestamp) -> Result<(), OutboxError> {
        self.store.settle(ended, now, self.limits.dead)?;
        let mut index = self.index();
        ended.iter().for_each(|(key, _)| index.remove(*key));
        self.depth.send_replace(index.depth());
        Ok(())
    }

    /// The dead letters kept, oldest first.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn dead_letters(&self) -> Result<Vec<DeadLetter>, OutboxError> {
        self.store.dead_letters()
    }

    /// How full it is, now and whenever that changes.
    #[must_use]
    pub fn depth(&self) -> watch::Receiver<Depth> {
        self.depth.subscribe()
    }

    fn index(&self) -> MutexGuard<'_, Index> {
        // Its methods leave it whole even when they panic.
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
