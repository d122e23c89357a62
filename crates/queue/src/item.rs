//! What waits.

use std::fmt;
use std::time::SystemTime;

/// The number of an item; later ones are larger, and none is given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId(pub(crate) u64);

impl ItemId {
    /// The id with this number, as a person typed it.
    #[must_use]
    pub fn from_number(number: u64) -> Self {
        Self(number)
    }

    /// Its number.
    #[must_use]
    pub fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Something to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewItem {
    /// Who takes it.
    pub kind: String,
    /// Items of the same kind and key are done one after the other; empty for "in any order".
    pub key: String,
    /// What it is; the taker understands it.
    pub payload: Vec<u8>,
}

/// How it stands with an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It waits for its turn.
    Pending,
    /// Somebody works on it.
    Taken,
    /// It was tried in vain and waits for this moment.
    Delayed {
        /// When it is tried again.
        until: SystemTime,
    },
    /// It was given up. It stays until somebody retries or removes it.
    Dead,
}

/// An item as a listing shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its number.
    pub id: ItemId,
    /// Who takes it.
    pub kind: String,
    /// Its key.
    pub key: String,
    /// What it is.
    pub payload: Vec<u8>,
    /// How it stands.
    pub state: State,
    /// How often it was tried in vain.
    pub attempts: u32,
    /// Why the last try failed; empty when none did.
    pub reason: String,
    /// When it was enqueued.
    pub accepted: SystemTime,
}

/// How much of one kind there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Depth {
    /// The kind.
    pub kind: String,
    /// Items that wait, for their turn or for a moment.
    pub pending: usize,
    /// Items somebody works on.
    pub taken: usize,
    /// Items given up.
    pub dead: usize,
    /// When the oldest that is not dead was enqueued.
    pub oldest: Option<SystemTime>,
}
