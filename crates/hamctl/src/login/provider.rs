//! The identity provider, as far as a login needs it.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{LoginError, StoredToken};
use crate::settings::Target;

/// What we ask for.
const SCOPE: &str = "openid profile";
const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// Where logins are confirmed.
#[derive(Clone, Debug)]
pub(crate) struct Provider {
    address: String,
    client_id: String,
}

/// The answer to the start of a login.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct DeviceAnswer {
    pub(super) device_code: String,
    pub(super) user_code: String,
    pub(super) verification_uri: String,
    pub(super) verification_uri_complete: String,
    pub(super) expires_in: Option<u64>,
    pub(super) interval: Option<u64>,
}

/// A token as it is handed out.
#[derive(Debug, Deserialize)]
pub(crate) struct TokenAnswer {
    access_token: String,
    #[serde(default)]
    token_type: String,
    #[serde(default)]
    refresh_token: String,
    #[serde(default)]
    expires_in: i64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct OAuthError {
    error: String,
    error_description: String,
}

/// What a poll of a login says.
#[derive(Debug)]
pub(super) enum Poll {
    Done(TokenAnswer),
    Pending,
    SlowDown,
}

/// An answer that is not a success.
enum Failure {
    OAuth(OAuthError),
    Other(LoginError),
}

impl Provider {
    /// The provider that flags, variables or the configuration file name.
    pub(crate) fn of(target: &Target) -> Result<Self, LoginError> {
        let given =
            |value: &Option<String>, variable| value.clone().ok_or(LoginError::NotConfigured { variable });
        let address = given(&target.idp, "HAMCTL_OAUTH_IDP_URL")?;
        let client_id = given(&target.client_id, "HAMCTL_OAUTH_CLIENT_ID")?;
        Ok(Self { address: address.trim_end_matches('/').to_owned(), client_id })
    }

    /// Starts a login.
    pub(super) async fn begin(&self) -> Result<DeviceAnswer, LoginError> {
        let form = [("client_id", self.client_id.as_str()), ("scope", SCOPE)];
        self.post("v1/device/authorize", &form).await.map_err(|failure| self.refusal(failure))
    }

    /// Asks how a login stands.
    pub(super) async fn poll(&self, device_code: &str) -> Result<Poll, LoginError> {
        let form = [
            ("grant_type", DEVICE_GRANT),
            ("device_code", device_code),
            ("client_id", self.client_id.as_str()),
            ("scope", SCOPE),
        ];
        match self.post("v1/token", &form).await {
            Ok(token) => Ok(Poll::Done(token)),
            Err(Failure::OAuth(error)) => match error.error.as_str() {
                "authorization_pending" => Ok(Poll::Pending),
                "slow_down" => Ok(Poll::SlowDown),
                "expired_token" => Err(LoginError::Expired),
                _ => Err(self.refusal(Failure::OAuth(error))),
            },
            Err(other) => Err(self.refusal(other)),
        }
    }

    /// A new token for one that has expired.
    pub(crate) async fn renew(&self, refresh_token: &str) -> Result<TokenAnswer, LoginError> {
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token),
            ("client_id", self.client_id.as_str()),
        ];
        self.post("v1/token", &form).await.map_err(|failure| self.refusal(failure))
    }

    async fn post<T: DeserializeOwned>(&self, path: &str, form: &[(&str, &str)]) -> Result<T, Failure> {
        let broken = |source: reqwest::Error| {
            Failure::Other(LoginError::Unreachable {
                address: self.address.clone(),
                source: source.without_url(),
            })
        };
        let http = client(&self.address).map_err(broken)?;
        let url = format!("{}/{path}", self.address);
        let response = http.post(url).form(form).send().await.map_err(broken)?;
        let status = response.status();
        let bytes = response.bytes().await.map_err(broken)?;
        if status.is_success()
            && let Ok(answer) = serde_json::from_slice(&bytes)
        {
            return Ok(answer);
        }
        match serde_json::from_slice::<OAuthError>(&bytes) {
            Ok(error) if !error.error.is_empty() => Err(Failure::OAuth(error)),
            _ => {
                let address = self.address.clone();
                Err(Failure::Other(LoginError::Foreign { address, status: status.as_u16() }))
            }
        }
    }

    fn refusal(&self, failure: Failure) -> LoginError {
        match failure {
            Failure::Other(error) => error,
            Failure::OAuth(OAuthError { error, error_description }) => {
                let reason = if error_description.is_empty() { error } else { error_description };
                LoginError::Refused { address: self.address.clone(), reason }
            }
        }
    }
}

impl TokenAnswer {
    /// The form it is stored in; a renewed token may leave the refresh token as it was.
    pub(crate) fn into_stored(self, now: Timestamp, old_refresh_token: &str) -> StoredToken {
        let lifetime = SignedDuration::from_secs(self.expires_in);
        StoredToken {
            access_token: self.access_token,
            token_type: self.token_type,
            refresh_token: match self.refresh_token.as_str() {
                "" => old_refresh_token.to_owned(),
                _ => self.refresh_token,
            },
            expiry: (self.expires_in > 0).then(|| now.saturating_add(lifetime).unwrap_or(now)),
            expires_in: self.expires_in,
        }
    }
}

fn client(address: &str) -> Result<reqwest::Client, reqwest::Error> {
    let builder = reqwest::Client::builder().timeout(std::time::Duration::from_secs(30));
    // Reading the system's certificates takes longer than a request on the loopback, and plain HTTP needs none.
    let builder = if address.starts_with("http://") { builder.tls_certs_only([]) } else { builder };
    // A second call finds the provider installed; that is all we need.
    let _already = rustls::crypto::ring::default_provider().install_default();
    builder.build()
}
