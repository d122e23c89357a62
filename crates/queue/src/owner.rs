//! The one thread that owns file and book.
//!
//! It takes whatever commands are waiting, changes the book, writes all changes in one commit, and answers only then.
//! While the disk works, the next batch gathers: that is the group commit.

use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, SystemTime};

use tokio::sync::oneshot;

use crate::book::Book;
use crate::commands::{Commands, Sent};
use crate::file::{Content, File, Write};
use crate::{Backoff, Depth, Item, ItemId, NewItem, QueueError, State, Taken};

/// Commands in one commit: enough for every caller there can be, few enough for a commit of milliseconds.
const BATCH: usize = 1024;

/// How long the thread sleeps when nothing is due.
const IDLE: Duration = Duration::from_secs(3600);

pub(crate) type Reply<T> = oneshot::Sender<Result<T, QueueError>>;

/// What callers ask for.
pub(crate) enum Command {
    Enqueue { items: Vec<NewItem>, reply: Reply<Vec<ItemId>> },
    Take { kind: String, max: usize, reply: Reply<Vec<Taken>> },
    Finish { id: ItemId, then: Vec<NewItem>, reply: Reply<Vec<ItemId>> },
    Later { id: ItemId, reason: String, reply: Option<Reply<()>> },
    Kill { id: ItemId, reason: String, then: Vec<NewItem>, reply: Reply<Vec<ItemId>> },
    RetryDead { id: ItemId, reply: Reply<Option<ItemId>> },
    RemoveDead { id: ItemId, reply: Reply<bool> },
    Wake { kind: String },
    List { reply: Reply<Vec<Item>> },
    Depths { reply: Reply<Vec<Depth>> },
    Stop { reply: Reply<()> },
}

/// An answer that waits for the commit.
type Answer = Box<dyn FnOnce(Result<(), QueueError>) + Send>;

pub(crate) struct Owner {
    file: File,
    book: Book,
    next: u64,
    backoff: Backoff,
    commands: Receiver<Sent>,
    /// For items that are handed out, so that they can come back.
    sender: Commands,
    takers: Vec<(String, usize, Reply<Vec<Taken>>)>,
}

impl Owner {
    pub(crate) fn new(
        (file, content): (File, Content),
        backoff: Backoff,
        (sender, commands): (Commands, Receiver<Sent>),
    ) -> Self {
        let mut book = Book::default();
        let next = content.next;
        content.items.into_iter().for_each(|item| book.insert(item));
        Self { file, book, next, backoff, commands, sender, takers: Vec::new() }
    }

    /// Works until it is told to stop, or the disk fails. The file is closed when this returns; who asked for the end
    /// is still to be told.
    pub(crate) fn run(mut self) -> Option<Reply<()>> {
        loop {
            let now = SystemTime::now();
            self.book.wake(now, None);
            self.hand_out();
            let wait = self.book.next_due().map_or(IDLE, |due| due.duration_since(now).unwrap_or_default());
            let first = match self.commands.recv_timeout(wait) {
                Ok(sent) => sent.received(),
                Err(RecvTimeoutError::Timeout) => continue,
                Err(RecvTimeoutError::Disconnected) => return None,
            };
            if let ControlFlow::Break(stop) = self.batch(first) {
                return stop;
            }
        }
    }

    /// Does what is waiting.
    fn batch(&mut self, first: Command) -> ControlFlow<Option<Reply<()>>> {
        let mut writes = Vec::new();
        let mut answers: Vec<Answer> = Vec::new();
        let mut stop = None;
        let mut command = Some(first);
        while let Some(next) = command.take() {
            if let Command::Stop { reply } = next {
                stop = Some(reply);
                break;
            }
            self.apply(next, &mut writes, &mut answers);
            command =
                (answers.len() < BATCH).then(|| self.commands.try_recv().ok().map(Sent::received)).flatten();
        }
        let committed = if writes.is_empty() { Ok(()) } else { self.file.commit(self.next, &writes) };
        let failed = committed.is_err();
        if let Err(error) = committed {
            // After a failed fsync nobody knows what is on the disk: only a new start can tell.
            tracing::error!(error = explain::chain(&error).join(": "), "the queue's disk failed");
        }
        for answer in answers {
            answer(if failed { Err(QueueError::Stopped) } else { Ok(()) });
        }
        if failed || stop.is_some() { ControlFlow::Break(stop) } else { ControlFlow::Continue(()) }
    }

    fn apply(&mut self, command: Command, writes: &mut Vec<Write>, answers: &mut Vec<Answer>) {
        match command {
            Command::Enqueue { items, reply } => {
                let ids = self.enqueue(items, writes);
                answers.push(answer(reply, ids));
            }
            Command::Finish { id, then, reply } => {
                if self.book.remove(id).is_some() {
                    writes.push(Write::Remove(id));
                }
                let ids = self.enqueue(then, writes);
                answers.push(answer(reply, ids));
            }
            Command::Later { id, reason, reply } => {
                self.later(id, reason, writes);
                if let Some(reply) = reply {
                    answers.push(answer(reply, ()));
                }
            }
            Command::Kill { id, reason, then, reply } => {
                self.book.kill(id, reason);
                self.rewrite(id, writes);
                let ids = self.enqueue(then, writes);
                answers.push(answer(reply, ids));
            }
            Command::RetryDead { id, reply } => {
                let revived = self.remove_dead(id, writes).map(|item| {
                    let item = NewItem { kind: item.kind, key: item.key, payload: item.payload };
                    self.enqueue(vec![item], writes)
                });
                answers.push(answer(reply, revived.and_then(|ids| ids.first().copied())));
            }
            Command::RemoveDead { id, reply } => {
                let removed = self.remove_dead(id, writes).is_some();
                answers.push(answer(reply, removed));
            }
            Command::Take { kind, max, reply } => self.takers.push((kind, max, reply)),
            Command::Wake { kind } => self.book.wake(SystemTime::now(), Some(&kind)),
            Command::List { reply } => answers.push(answer(reply, self.book.items().cloned().collect())),
            Command::Depths { reply } => answers.push(answer(reply, self.book.depths())),
            Command::Stop { reply } => answers.push(answer(reply, ())),
        }
    }

    fn enqueue(&mut self, items: Vec<NewItem>, writes: &mut Vec<Write>) -> Vec<ItemId> {
        items
            .into_iter()
            .map(|new| {
                let id = ItemId(self.next);
                self.next += 1;
                let item = Item {
                    id,
                    kind: new.kind,
                    key: new.key,
                    payload: new.payload,
                    state: State::Pending,
                    attempts: 0,
                    reason: String::new(),
                    accepted: SystemTime::now(),
                };
                writes.push(Write::Put(item.clone()));
                self.book.insert(item);
                id
            })
            .collect()
    }

    fn later(&mut self, id: ItemId, reason: String, writes: &mut Vec<Write>) {
        let Some(attempts) = self.book.item(id).map(|item| item.attempts + 1) else { return };
        self.book.delay(id, reason, SystemTime::now() + self.backoff.wait(id, attempts));
        self.rewrite(id, writes);
    }

    fn rewrite(&self, id: ItemId, writes: &mut Vec<Write>) {
        writes.extend(self.book.item(id).cloned().map(Write::Put));
    }

    fn remove_dead(&mut self, id: ItemId, writes: &mut Vec<Write>) -> Option<Item> {
        self.book.item(id).filter(|item| item.state == State::Dead)?;
        writes.push(Write::Remove(id));
        self.book.remove(id)
    }

    /// Gives what is ready to who waits for it. A taker that has gone away drops the items, and they come back.
    fn hand_out(&mut self) {
        let takers = std::mem::take(&mut self.takers);
        for (kind, max, reply) in takers {
            if reply.is_closed() {
                continue;
            }
            let items = self.book.take(&kind, max);
            if items.is_empty() {
                self.takers.push((kind, max, reply));
                continue;
            }
            let taken = items.into_iter().map(|item| Taken::new(item, self.sender.clone())).collect();
            drop(reply.send(Ok(taken)));
        }
    }
}

/// An answer that the caller may no longer wait for.
fn answer<T: Send + 'static>(reply: Reply<T>, value: T) -> Answer {
    Box::new(move |committed| drop(reply.send(committed.map(|()| value))))
}
