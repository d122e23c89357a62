//! Who speaks the interface: one request, one typed answer, errors that say what to do.

mod calls;
mod events;
mod probe;

use std::borrow::Cow;
use std::time::Duration;

use explain::{Explain, Kind};
use reqwest::header::LOCATION;
use reqwest::redirect::Policy;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;
use uuid::Uuid;

pub use events::{EventFilter, EventStream};
pub use probe::Probe;

use crate::{ErrorBody, body};

/// How long an answer may be; nothing the server says is near it.
const MAX_ANSWER_BYTES: usize = 64 << 20;

/// Speaks to one release manager on behalf of one caller.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
    token: SecretString,
    version: &'static str,
    timeout: Duration,
}

/// Why a request got no useful answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The address of the server is not one.
    #[error("`{text}` is not the address of a server")]
    BadAddress {
        /// What was given.
        text: String,
    },
    /// No connection, or it broke.
    #[error(
        "could not connect to the release-manager server at {address}. Are you connected to the internet and, if required, a VPN?"
    )]
    Unreachable {
        /// Where it was expected.
        address: String,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// It took too long.
    #[error("the release-manager server at {address} did not answer within {} s (reference: {reference})", after.as_secs())]
    TimedOut {
        /// Where it was expected.
        address: String,
        /// How long we waited.
        after: Duration,
        /// The request's id in the server's log.
        reference: Uuid,
    },
    /// The server said no.
    #[error("{} (reference: {reference})", body.message)]
    Refused {
        /// What it said.
        body: ErrorBody,
        /// The request's id in the server's log.
        reference: Uuid,
    },
    /// It sends its callers to another server, as a proxy does from HTTP to HTTPS or to a login page. Following would
    /// turn a request into a question, or hand the token to whoever is there.
    #[error("{address} sends its callers on to {to}")]
    Moved {
        /// Who answered.
        address: String,
        /// Scheme, host and port of where it sends them.
        to: String,
    },
    /// The answer is not from a release manager.
    #[error("the answer of {address} is not one of a release manager: status {status}")]
    Foreign {
        /// Who answered.
        address: String,
        /// The HTTP status.
        status: u16,
    },
}

impl Explain for ClientError {
    fn kind(&self) -> Kind {
        match self {
            Self::BadAddress { .. } | Self::Moved { .. } => Kind::Usage,
            Self::Unreachable { .. } | Self::TimedOut { .. } | Self::Foreign { .. } => Kind::Unavailable,
            Self::Refused { body, .. } => {
                Kind::ALL.into_iter().find(|kind| kind.as_str() == body.kind).unwrap_or(match body.status {
                    401 => Kind::Unauthenticated,
                    403 => Kind::Denied,
                    404 => Kind::NotFound,
                    409 => Kind::Conflict,
                    503 => Kind::Unavailable,
                    status if status < 500 => Kind::Invalid,
                    _ => Kind::Internal,
                })
            }
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::BadAddress { .. } => "give it as http://host:port or https://host".into(),
            Self::Unreachable { address, .. } => {
                format!("check the address {address} and that the server runs").into()
            }
            Self::TimedOut { .. } => "ask `hamctl status` whether it went through before trying again".into(),
            Self::Refused { body, .. } if !body.hint.is_empty() => body.hint.clone().into(),
            Self::Refused { body, .. } if body.status == 401 => {
                "log in with `hamctl login`, or give a valid token".into()
            }
            Self::Refused { body, .. } if body.status >= 500 => {
                "give the reference to who runs the server".into()
            }
            Self::Refused { .. } => Cow::Borrowed(""),
            Self::Moved { to, .. } => {
                format!("give {to} as the address if the release manager is there").into()
            }
            Self::Foreign { address, .. } => {
                format!("check that {address} is a release manager, not a proxy").into()
            }
        }
    }
}

impl Client {
    /// A client of the server at `base`. `timeout` holds for each request as a whole.
    ///
    /// # Errors
    /// When `base` is no HTTP address.
    pub fn new(
        base: &str,
        token: SecretString,
        version: &'static str,
        timeout: Duration,
    ) -> Result<Self, ClientError> {
        let bad = || ClientError::BadAddress { text: base.chars().take(200).collect() };
        let mut parsed = Url::parse(base).map_err(|_| bad())?;
        if !matches!(parsed.scheme(), "http" | "https") || !parsed.has_host() {
            return Err(bad());
        }
        if !parsed.path().ends_with('/') {
            parsed.set_path(&format!("{}/", parsed.path()));
        }
        let builder = reqwest::Client::builder()
            .timeout(timeout)
            .connect_timeout(timeout.min(Duration::from_secs(10)))
            .redirect(Policy::none());
        // Reading the system's certificates takes longer than a request on the loopback, and plain HTTP needs none.
        let builder = if parsed.scheme() == "http" { builder.tls_certs_only([]) } else { builder };
        // A second call finds the provider installed; that is all we need.
        let _already = rustls::crypto::ring::default_provider().install_default();
        let http = builder
            .build()
            .map_err(|source| ClientError::Unreachable { address: base.to_owned(), source })?;
        Ok(Self { http, base: parsed, token, version, timeout })
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

    /// `GET path?query`, with the segments of `path` escaped.
    ///
    /// # Errors
    /// When there is no useful answer.
    pub async fn get<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<T, ClientError> {
        self.send(Method::GET, path, query, None::<&()>).await
    }

    /// `method path` with a JSON body.
    ///
    /// # Errors
    /// When there is no useful answer.
    pub async fn call<T: DeserializeOwned, B: Serialize>(
        &self,
        method: Method,
        path: &[&str],
        payload: &B,
    ) -> Result<T, ClientError> {
        self.send(method, path, &[], Some(payload)).await
    }

    async fn send<T: DeserializeOwned, B: Serialize>(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
        payload: Option<&B>,
    ) -> Result<T, ClientError> {
        let reference = Uuid::new_v4();
        let mut request = self.request(method, path, query, reference);
        if let Some(payload) = payload {
            let bytes = body::encode(payload).map_err(|_| self.foreign(StatusCode::BAD_REQUEST))?;
            request = request.header("content-type", "application/json").body(bytes);
        }
        let response = request.send().await.map_err(|source| self.broken(source, reference))?;
        let status = response.status();
        if !status.is_success() {
            return Err(self.refused(response, reference).await);
        }
        let bytes = self.whole(response, reference).await?;
        body::decode(&bytes).map_err(|_| self.foreign(status))
    }

    fn request(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
        reference: Uuid,
    ) -> RequestBuilder {
        let request = self
            .http
            .request(method, self.url(path, query))
            .header("x-request-id", reference.to_string())
            .header("X-Cli-Version", self.version);
        match self.token.expose_secret() {
            "" => request,
            token => request.bearer_auth(token),
        }
    }

    async fn whole(&self, mut response: Response, reference: Uuid) -> Result<Vec<u8>, ClientError> {
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|source| self.broken(source, reference))? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > MAX_ANSWER_BYTES {
                return Err(self.foreign(response.status()));
            }
        }
        Ok(bytes)
    }

    /// What an answer that is not good says.
    async fn refused(&self, response: Response, reference: Uuid) -> ClientError {
        let status = response.status();
        if status.is_redirection()
            && let Some(to) = self.elsewhere(&response)
        {
            return ClientError::Moved { address: self.address(), to };
        }
        match self.whole(response, reference).await.map(|bytes| body::decode::<ErrorBody>(&bytes)) {
            Ok(Ok(body)) if !body.message.is_empty() => ClientError::Refused { body, reference },
            Ok(_) => self.foreign(status),
            Err(error) => error,
        }
    }

    /// Where an answer sends us.
    fn elsewhere(&self, response: &Response) -> Option<String> {
        let location = response.headers().get(LOCATION)?.to_str().ok()?;
        let to = self.base.join(location).ok()?.origin();
        to.is_tuple().then(|| to.ascii_serialization())
    }

    fn url(&self, path: &[&str], query: &[(&str, &str)]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty();
            for part in path {
                segments.extend(part.trim_start_matches('/').split('/').filter(|_| part.starts_with('/')));
                if !part.starts_with('/') {
                    segments.push(part);
                }
            }
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    fn broken(&self, source: reqwest::Error, reference: Uuid) -> ClientError {
        let address = self.address();
        if source.is_timeout() && !source.is_connect() {
            return self.silent(self.timeout, reference);
        }
        ClientError::Unreachable { address, source: source.without_url() }
    }

    fn silent(&self, after: Duration, reference: Uuid) -> ClientError {
        ClientError::TimedOut { address: self.address(), after, reference }
    }

    fn foreign(&self, status: StatusCode) -> ClientError {
        ClientError::Foreign { address: self.address(), status: status.as_u16() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(base: &str) -> Result<Client, ClientError> {
        Client::new(base, SecretString::from("t"), "test", Duration::from_secs(1))
    }

    #[test]
    fn paths_are_escaped_segment_by_segment() {
        let client = client("http://h:1/base").unwrap();
        let url = client.url(&[crate::routes::DESCRIBE_RELEASE, "a/../b", "p d"], &[("count", "1&x")]);
        assert_eq!(url.as_str(), "http://h:1/base/describe/release/a%2F..%2Fb/p%20d?count=1%26x");
    }

    #[test]
    fn an_address_has_to_be_one() {
        for base in ["", "h:1", "ftp://h", "http://"] {
            assert!(matches!(client(base), Err(ClientError::BadAddress { .. })), "{base}");
        }
    }

    #[test]
    fn credentials_are_not_shown() {
        assert_eq!(client("http://u:secret@h:1/").unwrap().address(), "http://h:1");
    }
}
