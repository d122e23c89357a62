//! The device flow: a code on the screen, confirmed in any browser.

use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;
use terminal::{Terminal, Tone};
use tokio::time::{Instant, sleep};

use super::provider::{DeviceAnswer, Poll};
use super::{LoginError, Provider, TokenFile, browser};

/// Seconds between polls when the provider does not say (RFC 8628, section 3.2), and what a "slow down" adds.
const INTERVAL_SECONDS: u64 = 5;
/// However the provider words it, we do not ask more often.
const SHORTEST_INTERVAL: Duration = Duration::from_millis(200);
/// How long a code is good for when the provider does not say.
const LIFETIME_SECONDS: u64 = 600;

/// Logs in and stores the token.
pub(crate) async fn by_device(
    provider: &Provider,
    file: &TokenFile,
    terminal: &Terminal,
) -> Result<SecretString, LoginError> {
    let login = provider.begin().await?;
    let page = match login.verification_uri_complete.as_str() {
        "" => &login.verification_uri,
        complete => complete,
    };
    let code = terminal.talk_toned(Tone::Strong, &login.user_code);
    terminal.talk(format_args!("please enter code {code} at {page}"));
    if terminal.is_interactive() {
        browser::open(page);
    }
    let token = {
        let _shown = terminal.progress("waiting for you to confirm the login");
        confirmed(provider, &login).await?
    };
    let stored = token.into_stored(Timestamp::now(), "");
    file.write(&stored)?;
    Ok(stored.access_token.into())
}

async fn confirmed(
    provider: &Provider,
    login: &DeviceAnswer,
) -> Result<super::provider::TokenAnswer, LoginError> {
    let deadline = Instant::now() + Duration::from_secs(login.expires_in.unwrap_or(LIFETIME_SECONDS));
    let mut interval = Duration::from_secs(login.interval.unwrap_or(INTERVAL_SECONDS)).max(SHORTEST_INTERVAL);
    while Instant::now() < deadline {
        sleep(interval).await;
        match provider.poll(&login.device_code).await? {
            Poll::Done(token) => return Ok(token),
            Poll::Pending => {}
            Poll::SlowDown => interval += Duration::from_secs(INTERVAL_SECONDS),
        }
    }
    Err(LoginError::Expired)
}
