//! With which token the upload is asked for.

use std::borrow::Cow;
use std::time::Duration;

use explain::{Explain, Kind};
use reqwest::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::form_urlencoded::byte_serialize;

use super::retry::Retry;
use crate::args::PushArgs;
use crate::http::{self, Lost};

const PATIENCE: Duration = Duration::from_secs(30);

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TokenError {
    #[error("could not reach the identity provider at {address}")]
    Unreachable {
        address: String,
        #[source]
        source: Lost,
    },
    #[error("the identity provider at {address} refused this client: {reason}")]
    Refused { address: String, reason: String },
    #[error("the identity provider at {address} failed: status {status}")]
    Failed { address: String, status: u16 },
}

impl Explain for TokenError {
    fn kind(&self) -> Kind {
        match self {
            Self::Unreachable { .. } | Self::Failed { .. } => Kind::Unavailable,
            Self::Refused { .. } => Kind::Unauthenticated,
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Unreachable { .. } | Self::Failed { .. } => "check --idp-url and that it is up".into(),
            Self::Refused { .. } => "check --client-id, --client-secret and --artifact-scope".into(),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Answer {
    access_token: String,
    error: String,
    error_description: String,
}

/// The client, as the provider knows it.
struct Client<'a> {
    address: &'a str,
    id: &'a str,
    secret: &'a str,
    scope: &'a str,
}

/// The static token, or one for this client's credentials.
pub(super) async fn obtain(args: &PushArgs, retry: Retry<'_>) -> Result<SecretString, TokenError> {
    if let Some(token) = &args.auth_token {
        return Ok(token.clone());
    }
    let client = Client {
        address: args.idp_url.as_deref().unwrap_or_default().trim_end_matches('/'),
        id: args.client_id.as_deref().unwrap_or_default(),
        secret: args.client_secret.as_ref().map_or("", |secret| secret.expose_secret()),
        scope: &args.artifact_scope,
    };
    retry.until_done(|| client.token()).await
}

impl Client<'_> {
    /// Asks with HTTP Basic first, which every provider should know, then with parameters.
    async fn token(&self) -> Result<SecretString, TokenError> {
        match self.ask(true).await {
            Err(TokenError::Refused { .. }) => self.ask(false).await,
            other => other,
        }
    }

    async fn ask(&self, basic: bool) -> Result<SecretString, TokenError> {
        let address = || self.address.to_owned();
        let unreachable =
            |source: reqwest::Error| TokenError::Unreachable { address: address(), source: source.into() };
        let http = http::client(self.address, PATIENCE).map_err(unreachable)?;
        let mut form = vec![("grant_type", "client_credentials"), ("scope", self.scope)];
        let mut request = http.post(format!("{}/v1/token", self.address));
        if basic {
            // RFC 6749, section 2.3.1: both are form-encoded first.
            let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
            request = request.basic_auth(encoded(self.id), Some(encoded(self.secret)));
        } else {
            form.extend([("client_id", self.id), ("client_secret", self.secret)]);
        }
        let response = request.form(&form).send().await.map_err(unreachable)?;
        let status = response.status();
        let bytes = response.bytes().await.map_err(unreachable)?;
        let answer: Answer = serde_json::from_slice(&bytes).unwrap_or_default();
        match (status, answer) {
            (StatusCode::OK, answer) if !answer.access_token.is_empty() => Ok(answer.access_token.into()),
            (status, answer) if status.is_client_error() => {
                let Answer { error, error_description, .. } = answer;
                let said = if error_description.is_empty() { error } else { error_description };
                let reason = if said.is_empty() { format!("status {}", status.as_u16()) } else { said };
                Err(TokenError::Refused { address: address(), reason })
            }
            (status, _) => Err(TokenError::Failed { address: address(), status: status.as_u16() }),
        }
    }
}
