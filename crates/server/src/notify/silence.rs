//! A peer that has said it wants to hear nothing for a while.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::{Response, StatusCode};

/// How long a peer that hears too much may be silent when it does not say for how long.
const DEFAULT: Duration = Duration::from_secs(1);

/// Never longer than this, whatever a peer says: what is not delivered by then is tried again anyway.
const LONGEST: Duration = Duration::from_secs(60);

/// Until when a peer wants to hear nothing.
#[derive(Debug, Default)]
pub(super) struct Silence(Mutex<Option<Instant>>);

impl Silence {
    /// Waits until it is over.
    pub(super) async fn over(&self) {
        let until = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(until) = until {
            tokio::time::sleep_until(until.into()).await;
        }
    }

    /// Whether the answer asks for silence, which begins now.
    pub(super) fn heed(&self, answer: &Response) -> bool {
        let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok());
        let (after, remaining) = (header("retry-after"), header("x-ratelimit-remaining"));
        let Some(wait) = asked(answer.status(), after, remaining, Timestamp::now()) else {
            return false;
        };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + wait);
        true
    }
}

/// For how long an answer asks for silence, if it does.
fn asked(
    status: StatusCode,
    retry_after: Option<&str>,
    remaining: Option<&str>,
    now: Timestamp,
) -> Option<Duration> {
    let wait = retry_after.and_then(|text| after(text.trim(), now));
    let limited = match status {
        StatusCode::TOO_MANY_REQUESTS => true,
        StatusCode::SERVICE_UNAVAILABLE => wait.is_some(),
        // GitHub's way to say it.
        StatusCode::FORBIDDEN => wait.is_some() || remaining == Some("0"),
        _ => false,
    };
    limited.then(|| wait.unwrap_or(DEFAULT).min(LONGEST))
}

/// A number of seconds, or the date when it is over, as in `Retry-After`.
fn after(text: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let over = rfc2822::parse(text).ok()?.timestamp();
    Some(over.duration_since(now).try_into().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_is_left_alone_for_as_long_as_it_says_within_reason() {
        let now = Timestamp::from_second(784_111_777).unwrap();
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        for (status, retry_after, remaining, expected) in [
            (429, Some("7"), None, seconds(7)),
            (429, None, None, seconds(1)),
            (429, Some("soon"), None, seconds(1)),
            (429, Some("Sun, 06 Nov 1994 08:49:44 GMT"), None, seconds(7)),
            (503, Some(" Sun, 06 Nov 1994 08:49:39 GMT "), None, seconds(2)),
            (429, Some("Mon, 07 Nov 1994 08:49:37 GMT"), None, seconds(60)),
            (429, Some("Sun, 06 Nov 1994 08:00:00 GMT"), None, seconds(0)),
            (429, Some("Sun, 06 Foo 1994 08:00:00 GMT"), None, seconds(1)),
            (429, Some("86400"), None, seconds(60)),
            (503, Some("2"), None, seconds(2)),
            (503, None, None, None),
            (403, None, Some("0"), seconds(1)),
            (403, Some("3"), Some("9"), seconds(3)),
            (403, None, Some("9"), None),
            (200, Some("7"), None, None),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(asked(status, retry_after, remaining, now), expected, "{status} {retry_after:?}");
        }
    }
}
