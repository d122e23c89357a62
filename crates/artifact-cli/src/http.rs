//! HTTP clients, made only by steps that need one.

use std::error::Error;
use std::time::Duration;

/// Why there was no answer: the innermost cause alone, as the log of a CI job is read by people.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Lost(String);

impl From<reqwest::Error> for Lost {
    fn from(error: reqwest::Error) -> Self {
        // Addresses are named by who asks; that of an upload is a secret.
        let error = error.without_url();
        let mut cause: &dyn Error = &error;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        Self(cause.to_string())
    }
}

/// A client for requests to `address`; each may take `patience`.
pub(crate) fn client(address: &str, patience: Duration) -> Result<reqwest::Client, reqwest::Error> {
    let builder = reqwest::Client::builder().timeout(patience).connect_timeout(Duration::from_secs(10));
    // Reading the system's certificates takes longer than a request on the loopback, and plain HTTP needs none.
    let builder = if address.starts_with("http://") { builder.tls_certs_only([]) } else { builder };
    // A second call finds the provider installed; that is all we need.
    let _already = rustls::crypto::ring::default_provider().install_default();
    builder.build()
}
