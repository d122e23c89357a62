//! Artifacts in S3: a server that checks signatures, and one that sends notifications.

use std::time::Duration;

use artifact_store::{Arrivals, ArtifactStore, Limits, S3Settings, SpecIndex, StoreError, UploadTarget};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use md5::{Digest, Md5};
use testkit::{Moto, S3};

use crate::make::zip;

fn settings(endpoint: String, key: &str, secret: &str) -> S3Settings {
    S3Settings {
        bucket: "artifacts".to_owned(),
        region: "eu-west-1".to_owned(),
        queue_endpoint: Some(endpoint.clone()),
        endpoint: Some(endpoint),
        keys: Some((key.to_owned(), secret.to_owned().into())),
    }
}

async fn store(settings: &S3Settings, folder: &tempfile::TempDir) -> ArtifactStore {
    let index = SpecIndex::open(&folder.path().join("index.redb")).unwrap();
    ArtifactStore::s3(settings, index, Limits::default()).await.unwrap()
}

/// Uploads as CI does; the status of the answer.
async fn upload(target: UploadTarget, zip: bytes::Bytes, md5: &str) -> u16 {
    let url = address(&target).unwrap().clone();
    let http = reqwest::Client::builder().tls_certs_only([]).build().unwrap();
    http.put(url).header("Content-MD5", md5).body(zip).send().await.unwrap().status().as_u16()
}

fn address(target: &UploadTarget) -> Option<&url::Url> {
    match target {
        UploadTarget::PreSigned(url) => Some(url),
        UploadTarget::ThisServer => None,
    }
}

fn md5_of(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(Md5::digest(bytes))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_is_signed_for_its_content() {
    let s3 = S3::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(s3.url(), s3.access_key(), s3.secret_key());
    let store_1 = store(&settings, &folder).await;
    let (service, id) = ("billing".parse().unwrap(), "master-1".parse().unwrap());
    let zip = zip("billing", "master-1", "master");
    let md5 = md5_of(&zip);

    let target = store_1.upload_target(&service, &id, &md5).await.unwrap();
    let url = address(&target).unwrap();
    assert_eq!(url.path(), "/artifacts/billing/master-1");
    let query: std::collections::HashMap<_, _> = url.query_pairs().into_owned().collect();
    assert_eq!(query["X-Amz-SignedHeaders"], "content-md5;host");
    assert_eq!(query["X-Amz-Expires"], "900");

    assert_eq!(upload(target.clone(), zip.clone(), &md5_of(b"other")).await, 403);
    assert_eq!(upload(target, zip, &md5).await, 200);
    assert_eq!(store_1.artifact(&service, &id).await.unwrap().spec().id, "master-1");
    assert_eq!(store_1.newest(&service, None, 5).await.unwrap().len(), 1);
    let missing = store_1.artifact(&service, &"master-2".parse().unwrap()).await;
    assert!(matches!(missing, Err(StoreError::NotFound { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_is_told_through_the_queue_until_it_is_acknowledged() {
    let moto = Moto::start(|_| {}).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(moto.url(), moto.access_key(), moto.secret_key());
    let store = store(&settings, &folder).await;
    let arrivals = Arrivals::set_up(&settings).await.unwrap();
    let again = Arrivals::set_up(&settings).await.unwrap();

    let (service, id) = ("billing".parse().unwrap(), "feature_a+b-1".parse().unwrap());
    let zip = zip("billing", "feature_a+b-1", "feature/a+b");
    let md5 = md5_of(&zip);
    let target = store.upload_target(&service, &id, &md5).await.unwrap();
    assert_eq!(upload(target, zip, &md5).await, 200);

    let told = tokio::time::timeout(Duration::from_secs(60), async {
        loop {
            for arrival in again.receive().await.unwrap() {
                arrivals.acknowledge(&arrival).await.unwrap();
                if !arrival.artifacts.is_empty() {
                    return arrival.artifacts;
                }
            }
        }
    });
    assert_eq!(told.await.unwrap(), [(service, id)]);
}
