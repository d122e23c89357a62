//! One event, one request, and what its answer means.

use std::time::Duration;

use api::ErrorBody;
use jiff::{SignedDuration, Timestamp};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{StatusCode, redirect};
use secrecy::{ExposeSecret, SecretString};
use serde::de::IgnoredAny;
use url::Url;

use crate::event::Event;

/// As much of an answer as is looked at.
const MAX_ANSWER_BYTES: usize = 64 << 10;
/// As much of a foreign answer as is shown.
const SHOWN_CHARACTERS: usize = 200;

/// Posts to one release manager.
#[derive(Clone, Debug)]
pub struct Poster {
    http: reqwest::Client,
    base: Url,
}

/// What became of a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The server has it.
    Delivered,
    /// The server refuses this event for good.
    Refused(String),
    /// The server failed at this event.
    EventFailed(String),
    /// The server takes nothing at present.
    Away {
        /// Why.
        reason: String,
        /// The pause it asks for.
        retry_after: Option<Duration>,
        /// It does not know our token (any more).
        bad_token: bool,
    },
}

impl Poster {
    /// Posts below `base`, a valid HTTP address.
    #[must_use]
    pub fn new(http: reqwest::Client, base: Url) -> Self {
        Self { http, base }
    }

    /// The server's address, without credentials.
    #[must_use]
    pub fn address(&self) -> String {
        let mut shown = self.base.clone();
        // Both fail only for addresses that cannot have them.
        let _ = shown.set_username("");
        let _ = shown.set_password(None);
        shown.as_str().trim_end_matches('/').to_owned()
    }

    /// Posts an event.
    pub async fn post(&self, event: &Event, token: &SecretString) -> Outcome {
        let body = match event.body() {
            Ok(body) => body,
            Err(error) => return Outcome::Refused(format!("the event is not JSON: {error}")),
        };
        let base = self.base.as_str().trim_end_matches('/');
        let request = self
            .http
            .post(format!("{base}{}", event.route()))
            .bearer_auth(token.expose_secret())
            .header("content-type", "application/json")
            .header("X-Cli-Version", env!("CARGO_PKG_VERSION"))
            .body(body);
        match answer(request).await {
            Ok(answer) => judge(&answer, Timestamp::now()),
            Err(error) => Outcome::Away { reason: broken(error), retry_after: None, bad_token: false },
        }
    }
}

/// A client with what all our requests share.
///
/// # Errors
/// When the certificates of the system cannot be read.
pub fn http_client(timeout: Duration) -> reqwest::Result<reqwest::Client> {
    // An error says that the process has a provider already, which serves as well.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    // A redirected POST becomes a GET: better to see the answer.
    reqwest::Client::builder().timeout(timeout).redirect(redirect::Policy::none()).build()
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

async fn answer(request: reqwest::RequestBuilder) -> reqwest::Result<Answer> {
    let mut response = request.send().await?;
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = Vec::new();
    while body.len() < MAX_ANSWER_BYTES
        && let Some(chunk) = response.chunk().await?
    {
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, headers, body })
}

/// The decision, from the answer alone.
fn judge(answer: &Answer, now: Timestamp) -> Outcome {
    let Answer { status, headers, body } = answer;
    let away = |bad_token| Outcome::Away {
        reason: said(*status, body),
        retry_after: retry_after(headers, now),
        bad_token,
    };
    match status.as_u16() {
        // A proxy's login page is a success as well, but it is not JSON.
        200..300 if body.trim_ascii().is_empty() || serde_json::from_slice::<IgnoredAny>(body).is_ok() => {
            Outcome::Delivered
        }
        401 => away(true),
        400..500 if !matches!(status.as_u16(), 408 | 429) => Outcome::Refused(said(*status, body)),
        // 503 is what a server says that starts or stops, 502 and 504 what a proxy says without one.
        500..600 if !matches!(status.as_u16(), 502..=504) => Outcome::EventFailed(said(*status, body)),
        _ => away(false),
    }
}

/// The answer in words: the server's own message, or the beginning of what came instead.
fn said(status: StatusCode, body: &[u8]) -> String {
    let message = match api::decode::<ErrorBody>(body) {
        Ok(error) if !error.message.is_empty() => error.message,
        Ok(_) | Err(_) => String::from_utf8_lossy(body).trim().chars().take(SHOWN_CHARACTERS).collect(),
    };
    if message.is_empty() { status.to_string() } else { format!("{status}: {message}") }
}

fn broken(error: reqwest::Error) -> String {
    explain::chain(&error.without_url()).join(": ")
}

/// Seconds, or a date.
fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
    Duration::try_from(date.duration_since(now).max(SignedDuration::ZERO)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(status: u16, retry_after: &str, body: &str, expected: &Outcome) {
        let mut headers = HeaderMap::new();
        if !retry_after.is_empty() {
            headers.insert(RETRY_AFTER, retry_after.parse().unwrap());
        }
        let status = StatusCode::from_u16(status).unwrap();
        let answer = Answer { status, headers, body: body.into() };
        let now = "2026-11-25T10:00:00Z".parse().unwrap();
        assert_eq!(judge(&answer, now), *expected, "{status} {body}");
    }

    #[test]
    fn only_the_servers_own_yes_counts_as_delivered() {
        check(200, "", "{}", &Outcome::Delivered);
        check(204, "", "", &Outcome::Delivered);
        let reason = "200 OK: <html>log in</html>".into();
        check(200, "", "<html>log in</html>", &Outcome::Away { reason, retry_after: None, bad_token: false });
    }

    #[test]
    fn a_refusal_is_final_and_in_the_servers_words() {
        let body = r#"{"status":400,"message":"no artifact id"}"#;
        check(400, "", body, &Outcome::Refused("400 Bad Request: no artifact id".into()));
        check(403, "", "", &Outcome::Refused("403 Forbidden".into()));
        check(404, "", "nginx", &Outcome::Refused("404 Not Found: nginx".into()));
    }

    #[test]
    fn what_may_pass_is_tried_again() {
        let away = |reason: &str, seconds: Option<u64>, bad_token| Outcome::Away {
            reason: reason.into(),
            retry_after: seconds.map(Duration::from_secs),
            bad_token,
        };
        check(500, "", "", &Outcome::EventFailed("500 Internal Server Error".into()));
        check(401, "", "", &away("401 Unauthorized", None, true));
        check(408, "", "", &away("408 Request Timeout", None, false));
        check(429, "7", "", &away("429 Too Many Requests", Some(7), false));
        check(302, "", "", &away("302 Found", None, false));
        let date = "Wed, 25 Nov 2026 10:02:00 GMT";
        check(503, date, "", &away("503 Service Unavailable", Some(120), false));
        let past = "Wed, 25 Nov 2026 09:00:00 GMT";
        check(503, past, "", &away("503 Service Unavailable", Some(0), false));
    }
}
