//! S3, and the queue that tells what arrived in it.

mod arrivals;
mod bucket;
mod event;
mod signed;

pub use arrivals::{Arrival, Arrivals};
pub(crate) use bucket::ensure_bucket;
pub use event::{Told, read_message};
pub use signed::S3Error;

use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::{BackoffConfig, ClientOptions, RetryConfig};
use secrecy::{ExposeSecret, SecretString};

/// Which bucket, and how to get to it.
#[derive(Clone, Debug)]
pub struct S3Settings {
    /// The bucket's name.
    pub bucket: String,
    /// The region; the original knew only `eu-west-1`.
    pub region: String,
    /// The address of an S3 service other than Amazon's.
    pub endpoint: Option<String>,
    /// The address of an SQS service other than Amazon's.
    pub queue_endpoint: Option<String>,
    /// A fixed key and its secret; without it the usual chain of AWS decides (environment, role of the pod or machine).
    pub keys: Option<(String, SecretString)>,
}

/// How long one request to S3 or SQS may take, bodies included.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// How long making a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Retries inside one call; beyond that the caller decides.
const RETRIES: usize = 3;

pub(crate) fn client(settings: &S3Settings) -> object_store::Result<AmazonS3> {
    // A second call finds the provider installed; that is all we need.
    let _already = rustls::crypto::ring::default_provider().install_default();
    let mut builder = AmazonS3Builder::from_env()
        .with_bucket_name(&settings.bucket)
        .with_region(&settings.region)
        .with_client_options(client_options(settings.endpoint.as_deref()))
        .with_retry(RetryConfig {
            backoff: BackoffConfig::default(),
            max_retries: RETRIES,
            retry_timeout: REQUEST_TIMEOUT,
        });
    builder = match &settings.endpoint {
        Some(endpoint) => builder.with_endpoint(endpoint).with_virtual_hosted_style_request(false),
        None => builder.with_virtual_hosted_style_request(true),
    };
    if let Some((id, secret)) = &settings.keys {
        builder = builder.with_access_key_id(id).with_secret_access_key(secret.expose_secret());
    }
    builder.build()
}

fn client_options(endpoint: Option<&str>) -> ClientOptions {
    ClientOptions::new()
        .with_timeout(REQUEST_TIMEOUT)
        .with_connect_timeout(CONNECT_TIMEOUT)
        .with_allow_http(endpoint.is_some_and(|endpoint| endpoint.starts_with("http://")))
}
