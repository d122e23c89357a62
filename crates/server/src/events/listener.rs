//! One who listens: a place in the window, and what is written to them.

use std::time::Duration;

use axum::body::Bytes;
use tokio::sync::{OwnedSemaphorePermit, watch};

use super::{Filter, Next};
use crate::app::App;

/// After so long without news the listener hears that the server lives.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// What a browser waits before it comes again, in milliseconds.
const RETRY_MILLIS: u32 = 2000;

/// Writes events as they come, until the server stops.
pub(crate) struct Listener {
    app: App,
    filter: Filter,
    place: u64,
    newest: watch::Receiver<u64>,
    /// What is written first.
    greeting: Option<Bytes>,
    _room: OwnedSemaphorePermit,
}

impl Listener {
    /// A listener who has heard everything up to `last`, or who hears what comes from now on.
    pub(crate) fn new(app: App, filter: Filter, last: Option<&str>, room: OwnedSemaphorePermit) -> Self {
        let newest = app.news.newest.subscribe();
        let now = *newest.borrow();
        let known = last.map(|id| app.news.place(id));
        let mut greeting = format!("retry: {RETRY_MILLIS}\n");
        if known == Some(None) {
            greeting.push_str(&frame(&app.news.id(now), "reset", b"{}\n"));
        } else if last.is_none() {
            // From here on it can go on after a break.
            greeting.push_str(&format!("id: {}\n\n", app.news.id(now)));
        } else {
            greeting.push('\n');
        }
        let place = known.flatten().unwrap_or(now);
        Self { app, filter, place, newest, greeting: Some(greeting.into()), _room: room }
    }

    /// What is to be written next; `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<Bytes> {
        if let Some(greeting) = self.greeting.take() {
            return Some(greeting);
        }
        let app = self.app.clone();
        loop {
            // Before the look, so that nothing told after it is missed.
            self.newest.mark_unchanged();
            match app.news.after(self.place, &self.filter) {
                Next::Event(number, told) => {
                    self.place = number;
                    return Some(frame(&app.news.id(number), told.event.name(), &told.data).into());
                }
                Next::Gone(newest) => {
                    self.place = newest;
                    return Some(frame(&app.news.id(newest), "reset", b"{}\n").into());
                }
                Next::Nothing(newest) => self.place = newest,
            }
            tokio::select! {
                // Cancel safe, all three: nothing is taken from anywhere.
                changed = self.newest.changed() => changed.ok()?,
                () = tokio::time::sleep(HEARTBEAT) => {
                    return Some(format!(": alive\nid: {}\n\n", app.news.id(self.place)).into());
                }
                () = app.news.closed.cancelled() => return None,
            }
        }
    }
}

/// One event; its data is one line that ends with a line break.
fn frame(id: &str, name: &str, data: &[u8]) -> String {
    format!("id: {id}\nevent: {name}\ndata: {}\n", String::from_utf8_lossy(data))
}
