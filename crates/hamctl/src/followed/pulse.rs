//! When to look again: at once when the server says that something happened, now and then otherwise.

use std::time::Duration;

use api::EventStream;
use explain::Explain;
use tokio::time::{sleep, timeout};

use crate::server::Server;

/// How often a server is asked that does not say when something happens.
const INTERVAL: Duration = Duration::from_secs(1);

/// How often one is asked that does: an event may get lost with the connection.
const RARELY: Duration = Duration::from_secs(15);

/// The server's event stream, or a clock in its place.
#[derive(Debug)]
pub(super) struct Pulse<'a> {
    server: &'a Server,
    env: &'a str,
    stream: Option<EventStream>,
    /// Whether the server is one that has events.
    has_events: bool,
}

impl<'a> Pulse<'a> {
    /// Begins to listen; with a server that has no events, to count seconds.
    pub(super) async fn listen(server: &'a Server, env: &'a str) -> Self {
        let mut pulse = Self { server, env, stream: None, has_events: true };
        pulse.open().await;
        pulse
    }

    async fn open(&mut self) {
        match self.server.events(self.env).await {
            Ok(stream) => self.stream = Some(stream),
            // One that does not answer now may do so later; one that says no goes on saying it.
            Err(error) => self.has_events = error.kind().retry_helps(),
        }
    }

    /// Waits until it is worth to look again, but not longer than this.
    pub(super) async fn beat(&mut self, longest: Duration) {
        if let Some(stream) = &mut self.stream {
            match timeout(longest.min(RARELY), stream.next()).await {
                Ok(Ok(Some(_))) | Err(_) => return,
                // The server stops, or the way to it broke.
                Ok(Ok(None) | Err(_)) => self.stream = None,
            }
        }
        sleep(longest.min(INTERVAL)).await;
        if self.has_events {
            self.open().await;
        }
    }
}
