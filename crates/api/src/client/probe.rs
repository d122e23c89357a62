//! A look at the server itself, without a token.

use std::time::{Duration, Instant};

use uuid::Uuid;

use super::{Client, ClientError};

/// More of an answer is not looked at.
const MAX_BYTES: usize = 16 << 10;

/// What an address answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// The HTTP status.
    pub status: u16,
    /// The server's clock, as HTTP writes dates; empty when it does not say.
    pub date: String,
    /// The beginning of the body.
    pub text: String,
    /// How long it took.
    pub took: Duration,
}

impl Client {
    /// `GET path`, whatever the answer.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn probe(&self, path: &str) -> Result<Probe, ClientError> {
        let began = Instant::now();
        let broken = |source| self.broken(source, Uuid::nil());
        let mut response = self.http.get(self.url(&[path], &[])).send().await.map_err(broken)?;
        let took = began.elapsed();
        let date = response.headers().get("date").and_then(|date| date.to_str().ok());
        let date = date.unwrap_or_default().to_owned();
        let mut bytes = Vec::new();
        while bytes.len() < MAX_BYTES
            && let Some(chunk) = response.chunk().await.map_err(broken)?
        {
            bytes.extend_from_slice(&chunk);
        }
        bytes.truncate(MAX_BYTES);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Ok(Probe { status: response.status().as_u16(), date, text, took })
    }
}
