//! The few calls that the object store client does not know, signed with its credentials.

use std::borrow::Cow;

use bytes::Bytes;
use explain::{Explain, Kind};
use http::{Method, Request, StatusCode};
use object_store::CredentialProvider;
use object_store::aws::{AmazonS3, AwsAuthorizer, AwsCredential};
use object_store::client::{HttpClient, HttpConnector, HttpRequestBody, ReqwestConnector};
use std::sync::Arc;

/// Why a call to S3 or SQS failed.
#[derive(Debug, thiserror::Error)]
pub enum S3Error {
    /// No answer.
    #[error("{what} at {url} did not answer")]
    Unreachable {
        /// What was asked.
        what: &'static str,
        /// Where.
        url: String,
        /// Why.
        #[source]
        source: object_store::client::HttpError,
    },
    /// No credentials, or no way to use them.
    #[error("{what} at {url} cannot be asked")]
    Unsigned {
        /// What was to be asked.
        what: &'static str,
        /// Where.
        url: String,
        /// Why.
        #[source]
        source: object_store::Error,
    },
    /// The address is none.
    #[error("`{url}` is not an address for {what}")]
    BadAddress {
        /// What was to be asked.
        what: &'static str,
        /// What was given.
        url: String,
        /// Why.
        #[source]
        source: http::Error,
    },
    /// The answer is no.
    #[error("{what} at {url} was refused with status {status}: {text}")]
    Refused {
        /// What was asked.
        what: &'static str,
        /// Where.
        url: String,
        /// The HTTP status.
        status: StatusCode,
        /// The beginning of the answer.
        text: String,
    },
    /// The answer is not what the protocol says.
    #[error("{what} at {url} gave an answer that is not understood")]
    Foreign {
        /// What was asked.
        what: &'static str,
        /// Where.
        url: String,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
}

impl Explain for S3Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Unreachable { .. } | Self::Foreign { .. } => Kind::Unavailable,
            Self::Unsigned { .. } | Self::BadAddress { .. } => Kind::Usage,
            Self::Refused { status, .. } if status.is_server_error() => Kind::Unavailable,
            Self::Refused { .. } => Kind::Denied,
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Unreachable { url, .. } => format!("check that {url} can be reached from here").into(),
            Self::Unsigned { .. } => "give AWS credentials, by environment or by the role of the pod".into(),
            Self::BadAddress { .. } => "give addresses as http://host:port or https://host".into(),
            Self::Refused { what, .. } => format!("allow the server's AWS role this: {what}").into(),
            Self::Foreign { url, .. } => format!("check that {url} is the service it should be").into(),
        }
    }
}

/// One AWS service, asked with the store's credentials.
pub(crate) struct Signed {
    http: HttpClient,
    credentials: Arc<dyn CredentialProvider<Credential = AwsCredential>>,
    service: &'static str,
    region: String,
}

/// One call.
pub(crate) struct Call<'a> {
    /// What it does, for messages: `creating the bucket`.
    pub(crate) what: &'static str,
    pub(crate) method: Method,
    pub(crate) url: &'a str,
    pub(crate) headers: &'a [(&'static str, &'a str)],
    pub(crate) body: Vec<u8>,
}

/// How much of a refusal a message repeats.
const SHOWN_CHARACTERS: usize = 300;

impl Signed {
    pub(crate) fn new(
        client: &AmazonS3,
        service: &'static str,
        region: &str,
        endpoint: Option<&str>,
    ) -> object_store::Result<Self> {
        let http = ReqwestConnector::default().connect(&super::client_options(endpoint))?;
        Ok(Self { http, credentials: client.credentials().clone(), service, region: region.to_owned() })
    }

    /// The body of a good answer.
    pub(crate) async fn send(&self, call: Call<'_>) -> Result<Bytes, S3Error> {
        let Call { what, method, url, headers, body } = call;
        let unsigned = |source| S3Error::Unsigned { what, url: url.to_owned(), source };
        let mut request = Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request
            .body(HttpRequestBody::from(body))
            .map_err(|source| S3Error::BadAddress { what, url: url.to_owned(), source })?;
        let credential = self.credentials.get_credential().await.map_err(unsigned)?;
        AwsAuthorizer::new(&credential, self.service, &self.region)
            .try_authorize(&mut request, None)
            .map_err(unsigned)?;
        let broken = |source| S3Error::Unreachable { what, url: url.to_owned(), source };
        let answer = self.http.execute(request).await.map_err(broken)?;
        let status = answer.status();
        let body = answer.into_body().bytes().await.map_err(broken)?;
        if status.is_success() {
            return Ok(body);
        }
        let text = String::from_utf8_lossy(&body).chars().take(SHOWN_CHARACTERS).collect();
        Err(S3Error::Refused { what, url: url.to_owned(), status, text })
    }
}
