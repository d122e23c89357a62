//! The handle that everyone holds.

use std::path::Path;

use tokio::sync::oneshot;

use crate::commands::Commands;
use crate::file::File;
use crate::owner::{Command, Owner};
use crate::{Backoff, Depth, Item, ItemId, NewItem, QueueError, Taken};

/// A queue. Clones are the same queue.
#[derive(Clone, Debug)]
pub struct Queue {
    commands: Commands,
}

impl Queue {
    /// Opens the file, or makes it, and starts the thread that owns it. The receiver hears when that thread has
    /// ended, because it was told to or because the disk failed.
    ///
    /// # Errors
    /// When the file cannot be used, or another process has it.
    pub fn open(path: &Path, backoff: Backoff) -> Result<(Self, oneshot::Receiver<()>), QueueError> {
        let (sender, receiver) = Commands::new();
        let owner = Owner::new(File::open(path)?, backoff, (sender.clone(), receiver));
        let (ended, hear_ended) = oneshot::channel();
        std::thread::Builder::new()
            .name("queue".to_owned())
            .spawn(move || {
                let stop = owner.run();
                // Nobody listens in programs that only end with their queue.
                let _ = ended.send(());
                if let Some(stop) = stop {
                    drop(stop.send(Ok(())));
                }
            })
            .map_err(QueueError::Thread)?;
        Ok((Self { commands: sender }, hear_ended))
    }

    /// Adds an item. When this returns, it is on the disk.
    ///
    /// # Errors
    /// When the queue is overloaded or has stopped; then the item may or may not be in it.
    pub async fn enqueue(&self, item: NewItem) -> Result<ItemId, QueueError> {
        let ids = self.enqueue_all(vec![item]).await?;
        ids.first().copied().ok_or(QueueError::Stopped)
    }

    /// Adds items, all or none.
    ///
    /// # Errors
    /// As [`enqueue`](Self::enqueue).
    pub async fn enqueue_all(&self, items: Vec<NewItem>) -> Result<Vec<ItemId>, QueueError> {
        self.commands.ask(|reply| Command::Enqueue { items, reply }).await
    }

    /// Waits for items of a kind, and takes the oldest, at least one and at most `max`. Cancel safe: what is not
    /// received comes back.
    ///
    /// # Errors
    /// When the queue has stopped.
    pub async fn take(&self, kind: &str, max: usize) -> Result<Vec<Taken>, QueueError> {
        self.commands.ask_always(|reply| Command::Take { kind: kind.to_owned(), max, reply }).await
    }

    /// Lets a dead item be tried again, as a new item; `None` when there is no such dead item.
    ///
    /// # Errors
    /// As [`enqueue`](Self::enqueue).
    pub async fn retry_dead(&self, id: ItemId) -> Result<Option<ItemId>, QueueError> {
        self.commands.ask(|reply| Command::RetryDead { id, reply }).await
    }

    /// Forgets a dead item; whether there was one.
    ///
    /// # Errors
    /// As [`enqueue`](Self::enqueue).
    pub async fn remove_dead(&self, id: ItemId) -> Result<bool, QueueError> {
        self.commands.ask(|reply| Command::RemoveDead { id, reply }).await
    }

    /// Tries all items of a kind now that wait for a moment: what they waited for has come.
    pub fn wake(&self, kind: &str) {
        // When it is full, they come at their moment.
        drop(self.commands.send(Command::Wake { kind: kind.to_owned() }));
    }

    /// Every item, oldest first, the dead ones too.
    ///
    /// # Errors
    /// When the queue is overloaded or has stopped.
    pub async fn items(&self) -> Result<Vec<Item>, QueueError> {
        self.commands.ask(|reply| Command::List { reply }).await
    }

    /// How much there is of each kind.
    ///
    /// # Errors
    /// When the queue is overloaded or has stopped.
    pub async fn depths(&self) -> Result<Vec<Depth>, QueueError> {
        self.commands.ask(|reply| Command::Depths { reply }).await
    }

    /// Writes what was asked for before, closes the file, and ends.
    ///
    /// # Errors
    /// When it has ended before.
    pub async fn stop(&self) -> Result<(), QueueError> {
        self.commands.ask_always(|reply| Command::Stop { reply }).await
    }
}
