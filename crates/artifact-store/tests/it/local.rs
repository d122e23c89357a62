//! Artifacts in a folder.

use artifact_store::{StoreError, Stored, UploadTarget};

use crate::make::{local, zip};

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
