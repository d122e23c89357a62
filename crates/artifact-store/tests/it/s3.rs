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
    let key = url.path().strip_prefix("/artifacts/.uploads/billing/master-1/").unwrap();
    assert_eq!(key.len(), 32, "the MD5 in hexadecimal digits");
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
        let mut uploads = Vec::new();
        loop {
            for arrival in again.receive().await.unwrap() {
                arrivals.acknowledge(&arrival).await.unwrap();
                for (service, id) in &arrival.uploads {
                    assert!(store.exists(service, id).await.unwrap(), "it is taken in");
                }
                uploads.extend(arrival.uploads);
                if !arrival.artifacts.is_empty() {
                    return (uploads, arrival.artifacts);
                }
            }
        }
    });
    let it = vec![(service, id)];
    assert_eq!(told.await.unwrap(), (it.clone(), it), "first the upload, then the artifact");
}

/// Uploads a zip; the status of the answer, or why no address was given out.
async fn send(store: &ArtifactStore, id: &str, zip: bytes::Bytes) -> Result<u16, StoreError> {
    let md5 = md5_of(&zip);
    let target = store.upload_target(&"billing".parse().unwrap(), &id.parse().unwrap(), &md5).await?;
    Ok(upload(target, zip, &md5).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_upload_overwrites_an_artifact() {
    let s3 = S3::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(s3.url(), s3.access_key(), s3.secret_key());
    let store = store(&settings, &folder).await;
    let (service, id) = ("billing".parse().unwrap(), "a-1".parse().unwrap());
    let [first, second] = ["master", "other"].map(|branch| zip("billing", "a-1", branch));

    // Both addresses are given out while nothing is there.
    let to_first = store.upload_target(&service, &id, &md5_of(&first)).await;
    let to_second = store.upload_target(&service, &id, &md5_of(&second)).await;
    assert_eq!(upload(to_first.unwrap(), first.clone(), &md5_of(&first)).await, 200);
    assert!(store.exists(&service, &id).await.unwrap());
    assert_eq!(upload(to_second.unwrap(), second.clone(), &md5_of(&second)).await, 200);
    assert!(store.exists(&service, &id).await.unwrap());
    assert_eq!(store.artifact(&service, &id).await.unwrap().spec().application.branch, "master");
    assert_eq!(std::fs::read(s3.file("artifacts", "billing/a-1")).unwrap(), first);

    assert_eq!(send(&store, "a-1", first).await.unwrap(), 200, "the same again is no fault");
    assert!(matches!(send(&store, "a-1", second.clone()).await, Err(StoreError::Exists { .. })));
    assert_eq!(store.newest(&service, None, 5).await.unwrap().len(), 1);

    std::fs::write(s3.file("artifacts", "billing/a-1"), second).unwrap();
    assert!(matches!(store.artifact(&service, &id).await, Err(StoreError::Changed { .. })));
    assert_eq!(store.newest(&service, None, 5).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_refused_says_why_until_it_is_discarded() {
    let s3 = S3::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(s3.url(), s3.access_key(), s3.secret_key());
    let store = store(&settings, &folder).await;
    let (service, id) = ("billing".parse().unwrap(), "a-1".parse().unwrap());
    assert_eq!(send(&store, "a-1", bytes::Bytes::from_static(b"no zip")).await.unwrap(), 200);
    for _ in 0..2 {
        assert!(matches!(store.exists(&service, &id).await, Err(StoreError::Broken { .. })));
        assert_eq!(store.newest(&service, None, 5).await.unwrap(), []);
    }
    store.discard(&service, &id).await.unwrap();
    assert!(!store.exists(&service, &id).await.unwrap());
    assert_eq!(send(&store, "a-1", zip("billing", "a-1", "master")).await.unwrap(), 200);
    assert_eq!(store.newest(&service, None, 5).await.unwrap().len(), 1, "a listing takes uploads in");
    let left = s3.file("artifacts", ".uploads/billing/a-1");
    let left = std::fs::read_dir(left).map_or(0, |files| files.count());
    assert_eq!(left, 0, "nothing is left of the upload");
}
