//! Artifacts in a folder.

use artifact_store::{StoreError, Stored, UploadTarget};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use md5::{Digest, Md5};

use crate::make::{local, put, zip};

#[tokio::test]
async fn an_artifact_is_kept_once_and_never_changes() {
    let folder = tempfile::tempdir().unwrap();
    let store = local(folder.path());
    let (service, id) = ("billing".parse().unwrap(), "fix#12".parse().unwrap());
    assert!(matches!(store.artifact(&service, &id).await, Err(StoreError::NotFound { .. })));
    assert!(!store.exists(&service, &id).await.unwrap());

    let first = zip("billing", "fix#12", "fix#12");
    assert_eq!(store.put(&service, &id, first.clone()).await.unwrap().0, Stored::New);
    assert_eq!(store.put(&service, &id, first).await.unwrap().0, Stored::AlreadyThere);
    let other = zip("billing", "fix#12", "other");
    assert!(matches!(store.put(&service, &id, other).await, Err(StoreError::Exists { .. })));

    let artifact = store.artifact(&service, &id).await.unwrap();
    assert_eq!(artifact.spec().application.branch, "fix#12");
    assert!(folder.path().join("artifacts/billing/fix#12.zip").is_file());
}

#[tokio::test]
async fn one_that_is_overwritten_behind_our_back_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = local(folder.path());
    let (service, id) = ("billing".parse().unwrap(), "a-1".parse().unwrap());
    put(&store, "billing", "a-1", "master").await;
    put(&store, "billing", "a-2", "master").await;
    let file = folder.path().join("artifacts/billing/a-1.zip");
    std::fs::write(&file, zip("billing", "a-1", "other")).unwrap();
    assert!(matches!(store.artifact(&service, &id).await, Err(StoreError::Changed { .. })));
    let listed = store.newest(&service, None, 5).await.unwrap();
    assert_eq!(listed.iter().map(|spec| spec.id.as_str()).collect::<Vec<_>>(), ["a-2"]);
    std::fs::write(&file, b"no zip").unwrap();
    assert_eq!(store.newest(&service, None, 5).await.unwrap().len(), 1);
    std::fs::write(&file, zip("billing", "a-1", "master")).unwrap();
    assert!(store.artifact(&service, &id).await.is_ok(), "it is what it was");
}

#[tokio::test]
async fn an_upload_of_other_content_is_refused_before_it_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let store = local(folder.path());
    let (service, id) = ("billing".parse().unwrap(), "a-1".parse().unwrap());
    put(&store, "billing", "a-1", "master").await;
    let same = BASE64_STANDARD.encode(Md5::digest(zip("billing", "a-1", "master")));
    assert_eq!(store.upload_target(&service, &id, &same).await.unwrap(), UploadTarget::ThisServer);
    let other = BASE64_STANDARD.encode(Md5::digest(b"other"));
    let refused = store.upload_target(&service, &id, &other).await;
    assert!(matches!(refused, Err(StoreError::Exists { .. })));
}

#[tokio::test]
async fn what_is_not_that_artifact_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let store = local(folder.path());
    let (service, id) = ("billing".parse().unwrap(), "a-1".parse().unwrap());
    for bad in [bytes::Bytes::from_static(b"no zip"), zip("billing", "a-2", "master")] {
        assert!(matches!(store.put(&service, &id, bad).await, Err(StoreError::Broken { .. })));
    }
    assert!(!store.exists(&service, &id).await.unwrap());
}

#[tokio::test]
async fn uploads_go_to_the_server_itself() {
    let folder = tempfile::tempdir().unwrap();
    let store = local(folder.path());
    let target = store.upload_target(&"s".parse().unwrap(), &"a".parse().unwrap(), "md5").await.unwrap();
    assert_eq!(target, UploadTarget::ThisServer);
}
