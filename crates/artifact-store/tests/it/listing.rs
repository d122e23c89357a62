//! What a service has.

use artifact_store::{ArtifactStore, Limits, SpecIndex};

use crate::make::{local, put, zip};

async fn ids(store: &ArtifactStore, branch: Option<&str>, count: usize) -> Vec<String> {
    let branch = branch.map(|branch| branch.parse().unwrap());
    let specs = store.newest(&"billing".parse().unwrap(), branch.as_ref(), count).await.unwrap();
    specs.into_iter().map(|spec| spec.id).collect()
}

#[tokio::test]
async fn a_branch_is_matched_exactly() {
    let folder = tempfile::tempdir().unwrap();
    let store = local(folder.path());
    for (id, branch) in
        [("feature_x-1", "feature/x"), ("feature_x-y-2", "feature/x-y"), ("feature_x-3", "feature_x")]
    {
        put(&store, "billing", id, branch).await;
    }
    put(&store, "billing-2", "feature_x-9", "feature/x").await;
    assert_eq!(ids(&store, Some("feature/x"), 1).await, ["feature_x-1"]);
    assert_eq!(ids(&store, Some("feature/x-y"), 5).await, ["feature_x-y-2"]);
    assert_eq!(ids(&store, Some("master"), 5).await, Vec::<String>::new());
    assert_eq!(ids(&store, None, 2).await, ["feature_x-3", "feature_x-y-2"]);
}

#[tokio::test]
async fn the_newest_of_many_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("artifacts/billing");
    std::fs::create_dir_all(&place).unwrap();
    for number in 0..1_100 {
        let id = format!("master-{number:04}");
        std::fs::write(place.join(format!("{id}.zip")), zip("billing", &id, "master")).unwrap();
    }
    let store = local(folder.path());
    put(&store, "billing", "master-0500-newest", "master").await;
    assert_eq!(ids(&store, Some("master"), 1).await, ["master-0500-newest"]);
    assert_eq!(ids(&store, None, 5_000).await.len(), 1_101);
}

#[tokio::test]
async fn of_two_of_the_same_moment_the_first_by_name_counts() {
    let folder = tempfile::tempdir().unwrap();
    let store = local(folder.path());
    let moment = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
    for id in ["master-2", "master-1", "master-3"] {
        put(&store, "billing", id, "master").await;
        let zip = folder.path().join(format!("artifacts/billing/{id}.zip"));
        std::fs::File::options().write(true).open(zip).unwrap().set_modified(moment).unwrap();
    }
    assert_eq!(ids(&store, Some("master"), 5).await, ["master-1", "master-2", "master-3"]);
    assert_eq!(ids(&store, Some("master"), 1).await, ["master-1"]);
}

#[tokio::test]
async fn broken_artifacts_are_left_out_and_the_index_can_go() {
    let folder = tempfile::tempdir().unwrap();
    let store = local(folder.path());
    put(&store, "billing", "master-1", "master").await;
    std::fs::write(folder.path().join("artifacts/billing/master-2.zip"), b"no zip").unwrap();
    assert_eq!(ids(&store, None, 5).await, ["master-1"]);
    assert_eq!(ids(&store, None, 5).await, ["master-1"], "once more, from the index");
    drop(store);

    std::fs::remove_file(folder.path().join("index.redb")).unwrap();
    let index = SpecIndex::open(&folder.path().join("index.redb")).unwrap();
    let store = ArtifactStore::local(&folder.path().join("artifacts"), index, Limits::default()).unwrap();
    assert_eq!(ids(&store, None, 5).await, ["master-1"]);
}
