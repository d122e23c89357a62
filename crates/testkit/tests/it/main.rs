//! Every part, driven by a real client.
#![expect(clippy::unwrap_used, reason = "a failed step ends the test")]

mod death;
mod git;
mod github;
mod grafana;
mod http_proxy;
mod oidc;
mod proxy;
mod rabbitmq;
mod receiver;
mod s3;
mod slack;
mod sqs;
mod wait;

/// An HTTP client for loopback alone.
fn client() -> reqwest::Client {
    // An error says that another test of this process was first.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder().tls_certs_only([]).no_proxy().build().unwrap()
}
