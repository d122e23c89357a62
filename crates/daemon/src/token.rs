//! The token that posts carry: a fixed one, or one from the identity provider, kept until shortly before its end.

use std::borrow::Cow;
use std::path::PathBuf;
use std::time::Duration;

use explain::{Explain, Kind};
use reqwest::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::time::Instant;
use url::{Url, form_urlencoded};

/// A token is renewed this long before it ends, so that it does not end on its way.
const MARGIN: Duration = Duration::from_secs(30);
/// As much of a foreign answer as is shown.
const SHOWN_CHARACTERS: usize = 200;

/// A secret, and where it is.
#[derive(Clone, Debug)]
pub enum Secret {
    /// Here.
    Given(SecretString),
    /// In a file, which is read each time: mounted secrets change while we run.
    File(PathBuf),
}

/// Where the token comes from.
#[derive(Clone, Debug)]
pub enum TokenSource {
    /// A token of the server's own.
    Static(Secret),
    /// The identity provider, by client credentials.
    ClientCredentials {
        /// Where it gives tokens.
        endpoint: Url,
        /// Who we are.
        client_id: String,
        /// The proof of it.
        client_secret: Secret,
        /// What we want to do.
        scope: String,
    },
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// A file with a secret cannot be read.
    #[error("cannot read the secret in {}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The identity provider does not answer.
    #[error("cannot reach the identity provider at {endpoint}")]
    Unreachable {
        /// Where.
        endpoint: Url,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// The identity provider says no.
    #[error("the identity provider at {endpoint} gives no token: {answer}")]
    Refused {
        /// Where.
        endpoint: Url,
        /// What it says.
        answer: String,
    },
}

impl Explain for TokenError {
    fn kind(&self) -> Kind {
        match self {
            Self::File { .. } => Kind::Invalid,
            Self::Unreachable { .. } => Kind::Unavailable,
            Self::Refused { .. } => Kind::Unauthenticated,
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::File { .. } => "mount the secret, or correct the path".into(),
            Self::Unreachable { .. } => "check --idp-url and the network to it".into(),
            Self::Refused { .. } => "check --client-id, --client-secret and --daemon-scope".into(),
        }
    }
}

/// Hands out tokens.
#[derive(Debug)]
pub struct Tokens {
    source: TokenSource,
    http: reqwest::Client,
    kept: Option<Kept>,
}

#[derive(Debug)]
struct Kept {
    token: SecretString,
    /// When to get another one; never, when the provider does not say.
    until: Option<Instant>,
}

/// The part of the answer that matters.
#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: Option<u64>,
}

impl Tokens {
    /// Tokens from this source.
    #[must_use]
    pub fn new(source: TokenSource, http: reqwest::Client) -> Self {
        Self { source, http, kept: None }
    }

    /// A token that is valid now.
    ///
    /// # Errors
    /// When there is none.
    pub async fn token(&mut self) -> Result<SecretString, TokenError> {
        if let Some(kept) = &self.kept
            && kept.until.is_none_or(|until| Instant::now() < until)
        {
            return Ok(kept.token.clone());
        }
        match &self.source {
            TokenSource::Static(secret) => secret.read().await,
            TokenSource::ClientCredentials { endpoint, client_id, client_secret, scope } => {
                let secret = client_secret.read().await?;
                let granted = grant(&self.http, endpoint, (client_id, &secret), scope).await?;
                let until = granted.expires_in.map(|seconds| {
                    let lifetime = Duration::from_secs(seconds);
                    Instant::now() + lifetime.saturating_sub(MARGIN.min(lifetime / 2))
                });
                let token = SecretString::from(granted.access_token);
                self.kept = Some(Kept { token: token.clone(), until });
                Ok(token)
            }
        }
    }

    /// The server did not take the token: the next one is a new one.
    pub fn forget(&mut self) {
        self.kept = None;
    }
}

impl Secret {
    async fn read(&self) -> Result<SecretString, TokenError> {
        match self {
            Self::Given(secret) => Ok(secret.clone()),
            Self::File(path) => {
                let text = tokio::fs::read_to_string(path).await;
                let text = text.map_err(|source| TokenError::File { path: path.clone(), source })?;
                Ok(text.trim().into())
            }
        }
    }
}

/// Asks with the credentials in the header, and in the body of a provider that does not look there.
async fn grant(
    http: &reqwest::Client,
    endpoint: &Url,
    (id, secret): (&str, &SecretString),
    scope: &str,
) -> Result<Granted, TokenError> {
    let form = [("grant_type", "client_credentials"), ("scope", scope)];
    let (user, password) = (escaped(id), escaped(secret.expose_secret()));
    let request = http.post(endpoint.clone()).basic_auth(user, Some(password)).form(&form);
    let first = ask(endpoint, request).await;
    let Err(TokenError::Refused { .. }) = first else { return first };
    let inside = [form[0], form[1], ("client_id", id), ("client_secret", secret.expose_secret())];
    match ask(endpoint, http.post(endpoint.clone()).form(&inside)).await {
        Ok(granted) => Ok(granted),
        // The first answer is the one to the usual way of asking.
        Err(_) => first,
    }
}

async fn ask(endpoint: &Url, request: reqwest::RequestBuilder) -> Result<Granted, TokenError> {
    let unreachable = |source: reqwest::Error| TokenError::Unreachable {
        endpoint: endpoint.clone(),
        source: source.without_url(),
    };
    let response = request.send().await.map_err(unreachable)?;
    let status = response.status();
    let body = response.bytes().await.map_err(unreachable)?;
    if status == StatusCode::OK
        && let Ok(granted) = serde_json::from_slice(&body)
    {
        return Ok(granted);
    }
    // A token that came with another status is a secret still.
    let shown: String = if status.is_success() {
        "the answer holds no token".into()
    } else {
        String::from_utf8_lossy(&body).trim().chars().take(SHOWN_CHARACTERS).collect()
    };
    Err(TokenError::Refused { endpoint: endpoint.clone(), answer: format!("{status}: {shown}") })
}

/// Both are escaped before they are joined with a colon (RFC 6749, section 2.3.1).
fn escaped(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
