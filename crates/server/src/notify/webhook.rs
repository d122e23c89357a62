//! Events for whoever wants them, posted as the Standard Webhooks specification says: an id that stays the same from try
//! to try, the time of the try, and a signature of both and the body.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use reqwest::StatusCode;
use ring::hmac;
use serde::{Deserialize, Serialize};

use super::Deliver;
use super::deliver::{Undelivered, broken, unreadable};
use super::silence::Silence;
use crate::asked::Asked;
use crate::config::WebhookTarget;

/// How long a receiver may take: it should take note of the event and answer.
const TIMEOUT: Duration = Duration::from_secs(15);

/// An event on its way to one receiver.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Delivery {
    pub(super) url: String,
    pub(super) id: String,
    pub(super) body: String,
}

/// Posts events.
pub(crate) struct Webhooks {
    targets: Vec<(WebhookTarget, Silence)>,
    http: reqwest::Client,
}

impl Webhooks {
    pub(crate) fn new(targets: Vec<WebhookTarget>, http: reqwest::Client) -> Self {
        let targets = targets.into_iter().map(|target| (target, Silence::default())).collect();
        Self { targets, http }
    }
}

impl Deliver for Webhooks {
    /// With waits of a minute, a day.
    const MOST_TRIES: u32 = 24 * 60;

    /// A slow receiver should not hold up the others.
    const AT_ONCE: usize = 16;

    async fn deliver(&self, payload: &[u8]) -> Result<(), Undelivered> {
        let Delivery { url, id, body } =
            serde_json::from_slice(payload).map_err(|error| unreadable(&error))?;
        let Some((target, silence)) = self.targets.iter().find(|(target, _)| target.url == url) else {
            tracing::info!("a webhook is no longer configured; its event is dropped");
            return Ok(());
        };
        silence.over().await;
        let time = Timestamp::now().as_second();
        let request = self
            .http
            .post(&url)
            .timeout(TIMEOUT)
            .header("content-type", "application/json")
            .header("user-agent", "release-manager")
            .header("webhook-id", &id)
            .header("webhook-timestamp", time.to_string())
            .header("webhook-signature", signature(&target.key, &id, time, &body))
            .headers(Asked::current().headers())
            .body(body);
        let who = format!("the webhook {}", target.shown());
        let answer = request.send().await.map_err(|error| broken(&who, error))?;
        silence.heed(&answer);
        outcome(&who, answer.status())
    }
}

/// What a receiver's answer means. Whatever is not good may become so, except that it is gone.
fn outcome(who: &str, status: StatusCode) -> Result<(), Undelivered> {
    match status {
        status if status.is_success() => Ok(()),
        StatusCode::GONE => {
            Err(Undelivered::Never(format!("{who} says that it is gone; take it out of --webhook")))
        }
        status if status.is_redirection() => {
            Err(Undelivered::Later(format!("{who} answered {status}; redirects are not followed")))
        }
        status => Err(Undelivered::Later(format!("{who} answered {status}"))),
    }
}

/// `v1,` and the base64 of the HMAC-SHA256 of id, time and body.
fn signature(key: &hmac::Key, id: &str, time: i64, body: &str) -> String {
    let signed = hmac::sign(key, format!("{id}.{time}.{body}").as_bytes());
    format!("v1,{}", BASE64_STANDARD.encode(signed))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification.
    #[test]
    fn a_signature_is_that_of_the_specification() {
        let key = BASE64_STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
        assert_eq!(
            signature(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn only_a_receiver_that_is_gone_is_given_up() {
        let of = |status| outcome("x", StatusCode::from_u16(status).unwrap());
        for good in [200, 202, 204] {
            assert_eq!(of(good), Ok(()));
        }
        assert!(matches!(of(410), Err(Undelivered::Never(_))));
        for later in [301, 307, 400, 401, 404, 429, 500, 503] {
            assert!(matches!(of(later), Err(Undelivered::Later(_))), "{later}");
        }
    }
}
