//! The way to the owner. New work is bounded; what becomes of work that is out always gets through, for else an item
//! would stay taken by nobody: there is at most one such command for each item.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use crate::QueueError;
use crate::owner::{Command, Reply};

/// Commands that may wait for the disk. More callers at once than a server serves; beyond that they are told to come
/// back, rather than to wait without end.
const WAITING: usize = 4096;

/// A command on its way, with the room it takes until it is received.
pub(crate) struct Sent {
    command: Command,
    _room: Option<OwnedSemaphorePermit>,
}

impl Sent {
    pub(crate) fn received(self) -> Command {
        self.command
    }
}

/// Sends commands. Clones lead to the same owner.
#[derive(Clone, Debug)]
pub(crate) struct Commands {
    sender: mpsc::Sender<Sent>,
    room: Arc<Semaphore>,
}

impl Commands {
    pub(crate) fn new() -> (Self, Receiver<Sent>) {
        let (sender, receiver) = mpsc::channel();
        (Self { sender, room: Arc::new(Semaphore::new(WAITING)) }, receiver)
    }

    /// Sends a command that is one of any number.
    pub(crate) fn send(&self, command: Command) -> Result<(), QueueError> {
        let room = self.room.clone().try_acquire_owned().map_err(|_| QueueError::Overloaded)?;
        self.sender.send(Sent { command, _room: Some(room) }).map_err(|_| QueueError::Stopped)
    }

    /// Sends what becomes of an item that is out, asks for one, or for the end: of these there are no more than workers.
    pub(crate) fn send_always(&self, command: Command) -> Result<(), QueueError> {
        self.sender.send(Sent { command, _room: None }).map_err(|_| QueueError::Stopped)
    }

    /// Asks, and waits for the answer.
    pub(crate) async fn ask<T>(&self, command: impl FnOnce(Reply<T>) -> Command) -> Result<T, QueueError> {
        let (reply, answer) = oneshot::channel();
        self.send(command(reply))?;
        answer.await.unwrap_or(Err(QueueError::Stopped))
    }

    /// Asks as [`send_always`](Self::send_always) sends, and waits for the answer.
    pub(crate) async fn ask_always<T>(
        &self,
        command: impl FnOnce(Reply<T>) -> Command,
    ) -> Result<T, QueueError> {
        let (reply, answer) = oneshot::channel();
        self.send_always(command(reply))?;
        answer.await.unwrap_or(Err(QueueError::Stopped))
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};
    use std::time::SystemTime;

    use super::*;
    use crate::{Item, ItemId, State, Taken};

    fn out(commands: &Commands, number: u64) -> Taken {
        let item = Item {
            id: ItemId(number),
            kind: "k".to_owned(),
            key: String::new(),
            payload: Vec::new(),
            state: State::Taken,
            attempts: 0,
            reason: String::new(),
            accepted: SystemTime::UNIX_EPOCH,
        };
        Taken::new(item, commands.clone())
    }

    /// Polls once; whether it goes on waiting.
    fn waits<T>(work: impl Future<Output = Result<T, QueueError>>) -> bool {
        matches!(pin!(work).poll(&mut Context::from_waker(Waker::noop())), Poll::Pending)
    }

    #[test]
    fn what_becomes_of_an_item_gets_through_a_full_queue() {
        let (commands, received) = Commands::new();
        let wake = || Command::Wake { kind: "k".to_owned() };
        while commands.send(wake()).is_ok() {}
        assert!(matches!(commands.send(wake()), Err(QueueError::Overloaded)));

        assert!(waits(out(&commands, 1).finish(Vec::new())));
        assert!(waits(out(&commands, 2).retry_later("down".to_owned())));
        assert!(waits(out(&commands, 3).give_up("never".to_owned(), Vec::new())));
        drop(out(&commands, 4));
        let mut settled = Vec::new();
        for sent in received.try_iter() {
            match sent.received() {
                Command::Finish { id, .. } | Command::Later { id, .. } | Command::Kill { id, .. } => {
                    settled.push(id.0);
                }
                _ => {}
            }
        }
        assert_eq!(settled, [1, 2, 3, 4], "none is left with nobody");
        assert!(commands.send(wake()).is_ok(), "there is room again");
    }
}
