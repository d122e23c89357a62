//! Logging in: the device flow, the stored token, and its renewal (spec, section 4.2).

mod browser;
mod device;
mod error;
mod provider;
mod token_file;

pub(crate) use device::by_device;
pub(crate) use error::LoginError;
pub(crate) use provider::Provider;
pub use token_file::StoredToken;
pub(crate) use token_file::TokenFile;

use jiff::Timestamp;
use secrecy::SecretString;

/// The stored token if it is still good, renewed if it can be.
pub(crate) async fn current(
    file: &TokenFile,
    provider: Result<&Provider, &LoginError>,
) -> Result<Option<SecretString>, LoginError> {
    let Some(stored) = file.read() else { return Ok(None) };
    if stored.is_good(Timestamp::now()) {
        return Ok(Some(stored.access_token.into()));
    }
    let Ok(provider) = provider else { return Ok(None) };
    if stored.refresh_token.is_empty() {
        return Ok(None);
    }
    match provider.renew(&stored.refresh_token).await {
        Ok(answer) => {
            let renewed = answer.into_stored(Timestamp::now(), &stored.refresh_token);
            file.write(&renewed)?;
            Ok(Some(renewed.access_token.into()))
        }
        // Refused: that login is over. Not reached: a new login would fail as well.
        Err(LoginError::Refused { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
