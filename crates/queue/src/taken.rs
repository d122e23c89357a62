//! An item somebody works on.

use crate::commands::Commands;
use crate::owner::Command;
use crate::{Item, ItemId, NewItem, QueueError};

/// An item that is out: nobody else gets it until it comes back. Dropped unsettled, by a panic or at the end of a
/// task, it is tried again later.
#[derive(Debug)]
pub struct Taken {
    item: Item,
    queue: Commands,
    settled: bool,
}

impl Taken {
    pub(crate) fn new(item: Item, queue: Commands) -> Self {
        Self { item, queue, settled: false }
    }

    /// The item.
    #[must_use]
    pub fn item(&self) -> &Item {
        &self.item
    }

    /// It is done: the item goes, and what follows from it is enqueued in the same commit.
    ///
    /// # Errors
    /// When the queue has stopped; the item will come again.
    pub async fn finish(mut self, then: Vec<NewItem>) -> Result<Vec<ItemId>, QueueError> {
        self.settled = true;
        let id = self.item.id;
        self.queue.ask_always(|reply| Command::Finish { id, then, reply }).await
    }

    /// It cannot be done now: it comes again, each time after a longer wait.
    ///
    /// # Errors
    /// When the queue has stopped; the item will come again.
    pub async fn retry_later(mut self, reason: String) -> Result<(), QueueError> {
        self.settled = true;
        let id = self.item.id;
        self.queue.ask_always(|reply| Command::Later { id, reason, reply: Some(reply) }).await
    }

    /// It can never be done: it is kept with its reason, and what follows is enqueued in the same commit.
    ///
    /// # Errors
    /// When the queue has stopped; the item will come again.
    pub async fn give_up(mut self, reason: String, then: Vec<NewItem>) -> Result<Vec<ItemId>, QueueError> {
        self.settled = true;
        let id = self.item.id;
        self.queue.ask_always(|reply| Command::Kill { id, reason, then, reply }).await
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        if !self.settled {
            let reason = "the work on it was interrupted".to_owned();
            // When the queue is gone, the next start finds the item.
            drop(self.queue.send_always(Command::Later { id: self.item.id, reason, reply: None }));
        }
    }
}
