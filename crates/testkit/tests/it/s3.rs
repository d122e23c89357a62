//! The S3 server, driven by the client library the product uses.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::signer::{HeaderName, HeaderValue, Method, SignedUrlOptions, Signer};
use object_store::{ObjectStore, ObjectStoreExt, RetryConfig};
use testkit::S3;

use crate::client;

/// The product's client, for the bucket `artifacts`.
fn store(s3: &S3, secret_key: &str) -> AmazonS3 {
    drop(rustls::crypto::ring::default_provider().install_default());
    AmazonS3Builder::new()
        .with_endpoint(s3.url())
        .with_allow_http(true)
        .with_region(s3.region())
        .with_bucket_name("artifacts")
        .with_access_key_id(s3.access_key())
        .with_secret_access_key(secret_key)
        .with_retry(RetryConfig { max_retries: 0, ..RetryConfig::default() })
        .build()
        .unwrap()
}

fn key() -> Path {
    Path::from("pay/master-1234567890-1234567890")
}

/// Uploads as CI does: to a URL signed for one MD5, with a header that says which.
async fn upload(s3: &S3, signed_for: &[u8], claimed: &[u8], body: &[u8]) -> (u16, String) {
    let md5 = |bytes: &[u8]| HeaderValue::from_str(&STANDARD.encode(Md5::digest(bytes))).unwrap();
    let name = HeaderName::from_static("content-md5");
    let options = SignedUrlOptions::default().with_signed_header(name, md5(signed_for));
    let store = store(s3, s3.secret_key());
    let url = store.signed_url_opts(Method::PUT, &key(), Duration::from_secs(60), &options).await.unwrap();
    let put = client().put(url.as_str()).header("content-md5", md5(claimed)).body(body.to_vec());
    let answer = put.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn a_presigned_upload_lands_and_is_read_back() {
    let s3 = S3::start().await.unwrap();
    s3.create_bucket("artifacts").unwrap();
    assert_eq!(upload(&s3, b"zip", b"zip", b"zip").await, (200, String::new()));
    let read = store(&s3, s3.secret_key()).get(&key()).await.unwrap().bytes().await.unwrap();
    assert_eq!(read, "zip");
    assert_eq!(std::fs::read(s3.file("artifacts", key().as_ref())).unwrap(), b"zip");
}

#[tokio::test]
async fn a_body_or_header_that_was_not_signed_for_is_refused() {
    let s3 = S3::start().await.unwrap();
    s3.create_bucket("artifacts").unwrap();
    let (status, answer) = upload(&s3, b"zip", b"zip", b"other").await;
    assert!(status == 400 && answer.contains("BadDigest"), "{status} {answer}");
    let (status, answer) = upload(&s3, b"zip", b"other", b"other").await;
    assert!(status == 403 && answer.contains("SignatureDoesNotMatch"), "{status} {answer}");
}

#[tokio::test]
async fn a_wrong_key_is_refused() {
    let s3 = S3::start().await.unwrap();
    s3.create_bucket("artifacts").unwrap();
    let error = store(&s3, "guess").put(&key(), "zip".into()).await.unwrap_err();
    assert!(matches!(error, object_store::Error::PermissionDenied { .. }), "{error}");
    assert!(!s3.file("artifacts", key().as_ref()).exists());
}

#[tokio::test]
async fn listing_sees_what_was_put() {
    let s3 = S3::start().await.unwrap();
    s3.create_bucket("artifacts").unwrap();
    let store = store(&s3, s3.secret_key());
    for name in ["pay/1", "pay/2", "bill/1"] {
        store.put(&Path::from(name), name.into()).await.unwrap();
    }
    let found = store.list_with_delimiter(Some(&Path::from("pay"))).await.unwrap();
    let names: Vec<&str> = found.objects.iter().map(|object| object.location.as_ref()).collect();
    assert_eq!(names, ["pay/1", "pay/2"]);
}
