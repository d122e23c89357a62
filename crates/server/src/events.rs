//! What has happened lately, for those who listen.
//!
//! One window of recent events is kept for all. A listener is a place in it: however slow one is, it costs nothing
//! but that number, and when the window has moved past it, it is told to read the state anew. Numbers start over with
//! the process, so ids carry a name of this run.
//!
//! Releases that landed come from the index when it learns of them, whoever pushed them; everything else is told by
//! the part that does it.

mod listener;
mod window;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use api::{Event, KnownRelease};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_util::sync::CancellationToken;

pub(crate) use listener::Listener;
pub(crate) use window::Filter;
use window::{Next, Window};

/// Listeners at once; each holds a connection.
const LISTENERS: usize = 512;

/// The window and who waits at its end.
#[derive(Debug)]
pub(crate) struct News {
    run: String,
    window: Mutex<Window>,
    newest: watch::Sender<u64>,
    room: Arc<Semaphore>,
    closed: CancellationToken,
}

impl News {
    pub(crate) fn new() -> Self {
        Self {
            run: uuid::Uuid::new_v4().simple().to_string(),
            window: Mutex::default(),
            newest: watch::Sender::new(0),
            room: Arc::new(Semaphore::new(LISTENERS)),
            closed: CancellationToken::new(),
        }
    }

    /// Tells everybody. It never waits.
    pub(crate) fn tell(&self, event: Event) {
        let newest = match self.window().push(event) {
            Ok(newest) => newest,
            Err(error) => return tracing::error!(%error, "an event cannot be written"),
        };
        self.newest.send_replace(newest);
    }

    /// How an accepted release has ended that is neither in the repository nor in the queue, if that was lately.
    pub(crate) fn ended(&self, id: &str) -> Option<KnownRelease> {
        self.window().ended(id)
    }

    /// Ends all listening, for good.
    pub(crate) fn close(&self) {
        self.closed.cancel();
    }

    /// A place for one more listener; `None` when there are too many.
    pub(crate) fn room(&self) -> Option<OwnedSemaphorePermit> {
        self.room.clone().try_acquire_owned().ok()
    }

    /// The place after an event of this run; `None` for anything else.
    fn place(&self, id: &str) -> Option<u64> {
        let (run, number) = id.rsplit_once('-')?;
        (run == self.run).then(|| number.parse().ok()).flatten()
    }

    fn id(&self, number: u64) -> String {
        format!("{}-{number}", self.run)
    }

    fn after(&self, place: u64, filter: &Filter) -> Next {
        self.window().after(place, filter)
    }

    fn window(&self) -> MutexGuard<'_, Window> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
