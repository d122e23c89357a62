//! Listening: server-sent events, read one by one.

mod frame;

use std::time::Duration;

use reqwest::{Method, Response};
use uuid::Uuid;

use self::frame::{Frame, Frames};
use super::{Client, ClientError};
use crate::{Event, routes};

/// Longer than any stream lives.
const FOREVER: Duration = Duration::from_secs(365 * 24 * 3600);

/// A server that says nothing for this long, not even that it lives, is gone. It says so every 15 seconds.
const SILENCE: Duration = Duration::from_secs(45);

/// What to listen for; nothing means everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Only about this service.
    pub service: Option<String>,
    /// Only about this environment.
    pub environment: Option<String>,
    /// Go on after this event.
    pub last_event_id: Option<String>,
}

/// Events as they come. A stream that ends or fails is opened again with [`EventStream::last_id`].
///
/// Whoever waits for a release opens the stream first, then asks for the release, then reads: so nothing that happens
/// between the two is missed.
#[derive(Debug)]
pub struct EventStream {
    client: Client,
    response: Response,
    frames: Frames,
    last_id: Option<String>,
    reference: Uuid,
}

impl Client {
    /// Listens to what happens. The server has taken note of the listener when this returns.
    ///
    /// # Errors
    /// When there is no useful answer.
    pub async fn events(&self, filter: &EventFilter) -> Result<EventStream, ClientError> {
        let given = [("service", &filter.service), ("environment", &filter.environment)];
        let query: Vec<(&str, &str)> =
            given.iter().filter_map(|(name, value)| Some((*name, value.as_deref()?))).collect();
        let reference = Uuid::new_v4();
        let mut request = self.request(Method::GET, &[routes::EVENTS], &query, reference);
        // For as long as there is something to hear.
        request = request.timeout(FOREVER).header("accept", "text/event-stream");
        if let Some(id) = &filter.last_event_id {
            request = request.header("last-event-id", id);
        }
        let sent = tokio::time::timeout(self.timeout, request.send());
        let response = match sent.await {
            Ok(answered) => answered.map_err(|source| self.broken(source, reference))?,
            Err(_) => return Err(self.silent(self.timeout, reference)),
        };
        if !response.status().is_success() {
            return Err(self.refused(response, reference).await);
        }
        let last_id = filter.last_event_id.clone();
        Ok(EventStream { client: self.clone(), response, frames: Frames::default(), last_id, reference })
    }
}

impl EventStream {
    /// The next event; `None` when the server has ended the stream, as it does when it stops.
    ///
    /// # Errors
    /// When the connection breaks, the server falls silent, or what it says is no event.
    pub async fn next(&mut self) -> Result<Option<Event>, ClientError> {
        loop {
            while let Some(frame) = self.frames.next() {
                if let Some(event) = self.read(frame)? {
                    return Ok(Some(event));
                }
            }
            let chunk = tokio::time::timeout(SILENCE, self.response.chunk()).await;
            match chunk {
                Ok(Ok(Some(bytes))) => self.frames.push(&bytes).map_err(|_| self.foreign())?,
                Ok(Ok(None)) => return Ok(None),
                Ok(Err(source)) => return Err(self.client.broken(source, self.reference)),
                Err(_) => return Err(self.client.silent(SILENCE, self.reference)),
            }
        }
    }

    /// The id of the last event, to go on after it.
    #[must_use]
    pub fn last_id(&self) -> Option<&str> {
        self.last_id.as_deref()
    }

    fn read(&mut self, frame: Frame) -> Result<Option<Event>, ClientError> {
        let event = Event::read(&frame.name, frame.data.as_bytes()).map_err(|_| self.foreign())?;
        self.last_id = frame.id.or(self.last_id.take());
        Ok(event)
    }

    fn foreign(&self) -> ClientError {
        self.client.foreign(self.response.status())
    }
}
