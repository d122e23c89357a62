//! HTTP clients, made only by steps that need one.

use std::time::Duration;

/// A client for requests to `address`; each may take `patience`.
pub(crate) fn client(address: &str, patience: Duration) -> Result<reqwest::Client, reqwest::Error> {
    let builder = reqwest::Client::builder().timeout(patience).connect_timeout(Duration::from_secs(10));
    // Reading the system's certificates takes longer than a request on the loopback, and plain HTTP needs none.
    let builder = if address.starts_with("http://") { builder.tls_certs_only([]) } else { builder };
    // A second call finds the provider installed; that is all we need.
    let _already = rustls::crypto::ring::default_provider().install_default();
    builder.build()
}
