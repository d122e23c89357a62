//! Artifacts in a Git repository.

use std::time::Duration;

use artifact_store::{ArtifactStore, Limits, Pushes, SpecIndex, StoreError};
use git_mirror::{ArchiveSource, Credentials};
use testkit::git::{SecondWriter, TreeFile};
use testkit::{Access, GitHost, Repository};

use crate::make::{spec, zip};

/// A Git host, a repository that CI pushes to, and a store that may only read it.
struct Bed {
    git: GitHost,
    repo: Repository,
    ci: SecondWriter,
    folder: tempfile::TempDir,
}

impl Bed {
    async fn new() -> Self {
        let git = GitHost::start().await.unwrap();
        let repo = git.create("artifacts").unwrap();
        let ci = repo.second_writer().unwrap();
        Self { git, repo, ci, folder: tempfile::tempdir().unwrap() }
    }

    fn store(&self, limits: Limits) -> (ArtifactStore, Pushes) {
        let source = ArchiveSource {
            url: self.repo.ssh_url().parse().unwrap(),
            tls: git_mirror::Tls::default(),
            credentials: Credentials::SshKey {
                key: self.git.ssh_key(Access::Read),
                known_hosts: self.git.known_hosts(),
            },
            prefix: String::new(),
            deadline: Duration::from_secs(60),
        };
        let index = SpecIndex::open(&self.folder.path().join("index.redb")).unwrap();
        ArtifactStore::git(&self.folder.path().join("mirror"), source, index, limits).unwrap()
    }

    /// Pushes an artifact of `billing`.
    fn push(&self, id: &str, branch: &str, time: Option<&str>) {
        let spec = spec("billing", id, branch);
        let files = [
            TreeFile::new("artifact.json", &spec),
            TreeFile::new("dev/deployment.yaml", b"kind: Deployment\n"),
        ];
        self.ci.push_alone(&format!("billing/{id}"), &files, time).unwrap();
    }
}

async fn ids(store: &ArtifactStore, branch: Option<&str>) -> Vec<String> {
    let branch = branch.map(|branch| branch.parse().unwrap());
    let specs = store.newest(&"billing".parse().unwrap(), branch.as_ref(), 9).await.unwrap();
    specs.into_iter().map(|spec| spec.id).collect()
}

/// Looks, and takes note; what was new.
async fn look(pushes: &Pushes) -> Vec<String> {
    let pushed = pushes.look().await.unwrap();
    let told = pushed.artifacts.iter().map(|(service, id)| format!("{service}/{id}")).collect();
    pushes.acknowledge(pushed).await.unwrap();
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_is_told_once_and_listed_newest_first_by_exact_branch() {
    let bed = Bed::new().await;
    bed.push("master-0", "master", Some("2026-01-01T00:00:00Z"));
    bed.ci.push("main", "README.md", "for people", "No artifact").unwrap();
    let (store, pushes) = bed.store(Limits::default());
    assert_eq!(look(&pushes).await, Vec::<String>::new(), "what was there before us is no news");
    assert_eq!(ids(&store, None).await, ["master-0"]);

    bed.push("feature_x-1", "feature/x", Some("2026-01-03T00:00:00Z"));
    bed.push("feature_x-y-2", "feature/x-y", Some("2026-01-02T00:00:00Z"));
    bed.push("master-9", "master", Some("2099-01-01T00:00:00Z"));
    let pushed = pushes.look().await.unwrap();
    assert_eq!(pushed.artifacts.len(), 3);
    let told = look(&pushes).await;
    assert_eq!(
        told,
        ["billing/feature_x-y-2", "billing/feature_x-1", "billing/master-9"],
        "until it is noted"
    );
    assert_eq!(look(&pushes).await, Vec::<String>::new());
    assert_eq!(ids(&store, None).await, ["feature_x-1", "feature_x-y-2", "master-0", "master-9"]);
    assert_eq!(ids(&store, Some("feature/x")).await, ["feature_x-1"]);

    let artifact =
        store.artifact(&"billing".parse().unwrap(), &"feature_x-1".parse().unwrap()).await.unwrap();
    assert_eq!(artifact.files("dev").unwrap()[0].bytes.as_ref(), b"kind: Deployment\n");
    assert_eq!(artifact.spec_bytes().as_ref(), spec("billing", "feature_x-1", "feature/x"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_that_moves_or_goes_changes_nothing() {
    let bed = Bed::new().await;
    let (store, pushes) = bed.store(Limits::default());
    look(&pushes).await;
    bed.push("a-1", "master", None);
    look(&pushes).await;
    bed.push("a-1", "other", None);
    let pushed = pushes.look().await.unwrap();
    assert_eq!(pushed.artifacts, []);
    assert_eq!((pushed.moved[0].id.as_str(), pushed.moved.len()), ("a-1", 1));
    assert_eq!(ids(&store, None).await, ["a-1"]);
    assert_eq!(ids(&store, Some("master")).await, ["a-1"]);
    bed.ci.delete_branch("billing/a-1").unwrap();
    assert_eq!(pushes.look().await.unwrap().moved, []);
    drop((store, pushes));

    let (store, pushes) = bed.store(Limits::default());
    look(&pushes).await;
    let (service, id) = ("billing".parse().unwrap(), "a-1".parse().unwrap());
    assert_eq!(store.artifact(&service, &id).await.unwrap().spec().application.branch, "master");
    drop((store, pushes));

    // Even a mirror that is lost does not let another content in.
    bed.push("a-1", "other", None);
    std::fs::remove_dir_all(bed.folder.path().join("mirror")).unwrap();
    let (store, pushes) = bed.store(Limits::default());
    look(&pushes).await;
    assert!(matches!(store.artifact(&service, &id).await, Err(StoreError::Changed { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_zip_will_do_and_uploads_are_sent_elsewhere() {
    let bed = Bed::new().await;
    let (store, pushes) = bed.store(Limits::default());
    let zip = zip("billing", "a-1", "master");
    bed.ci.push_alone("billing/a-1", &[TreeFile::new("artifact.zip", &zip)], None).unwrap();
    look(&pushes).await;
    let (service, id) = ("billing".parse().unwrap(), "a-1".parse().unwrap());
    assert_eq!(store.artifact(&service, &id).await.unwrap().environments().collect::<Vec<_>>(), ["dev"]);
    for refused in [
        store.upload_target(&service, &id, "md5").await.map(drop),
        store.put(&service, &id, zip).await.map(drop),
    ] {
        let error = refused.unwrap_err();
        assert!(matches!(error, StoreError::PushInstead { .. }), "{error}");
    }
    let missing = store.artifact(&service, &"a-2".parse().unwrap()).await;
    assert!(matches!(missing, Err(StoreError::NotFound { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_zip_may_not_hold_a_branch_may_not_either() {
    let bed = Bed::new().await;
    let limits = Limits { entries: 6, zip_bytes: 1_000, file_bytes: 1_000, total_bytes: 1_500 };
    let (store, pushes) = bed.store(limits);
    let spec = spec("billing", "a-1", "master");
    let (of_other, large, half) = (crate::make::spec("other", "a-1", "master"), [0; 1_001], [0; 800]);
    let file = |path, content| TreeFile { mode: "100644", path, content };
    let own = file("artifact.json", &spec);
    let link = TreeFile { mode: "120000", path: "dev/link", content: b"/etc/passwd" };
    let module = TreeFile { mode: "160000", path: "dev/module", content: b"" };
    let deep = format!("{}a", "d/".repeat(600));
    let cases: Vec<(&str, Vec<TreeFile<'_>>, &str)> = vec![
        ("link", vec![own, link], "`dev/link` in the artifact is neither a file nor a folder"),
        ("module", vec![own, module], "`dev/module` in the artifact is neither a file nor a folder"),
        ("case", vec![own, file("dev/A", b"1"), file("dev/a", b"2")], "could be taken for the same file"),
        ("large", vec![own, file("dev/a", &large)], "`dev/a` in the artifact is larger than"),
        ("total", vec![own, file("dev/a", &half), file("dev/b", &half)], "unpacks to more than"),
        (
            "many",
            vec![own, file("dev/1", b""), file("dev/2", b""), file("dev/3", b""), file("e/4", b"")],
            "more than 6 entries",
        ),
        ("deep", vec![own, file(&deep, b"")], "more than 6 entries"),
        ("control", vec![own, file("dev/a\u{7}", b"")], "holds a control character"),
        ("backslash", vec![own, file("dev\\a", b"")], "holds a backslash"),
        ("no-spec", vec![file("dev/a", b"")], "it has no artifact.json in its root"),
        ("other", vec![file("artifact.json", &of_other)], "its artifact.json is of artifact"),
        ("broken", vec![file("artifact.json", b"{")], "its artifact.json cannot be read"),
        ("no-zip", vec![file("artifact.zip", b"x")], "the upload is not a zip file"),
        ("large-zip", vec![file("artifact.zip", &large)], "the zip is larger than"),
    ];
    for (id, files, _) in &cases {
        bed.ci.push_alone(&format!("billing/{id}"), files, None).unwrap();
    }
    look(&pushes).await;
    for (id, _, message) in &cases {
        let error = store.artifact(&"billing".parse().unwrap(), &id.parse().unwrap()).await.unwrap_err();
        assert!(matches!(error, StoreError::Broken { .. }), "{id}: {error:?}");
        let told = explain::chain(&error).join(": ");
        assert!(told.contains(message), "{id}: {told}");
    }
    assert_eq!(ids(&store, None).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_is_away_is_said_and_what_is_known_can_be_read() {
    let bed = Bed::new().await;
    let (store, pushes) = bed.store(Limits::default());
    look(&pushes).await;
    bed.push("a-1", "master", None);
    look(&pushes).await;
    bed.git.down().await;
    assert!(matches!(pushes.look().await, Err(StoreError::Mirror { .. })));
    assert_eq!(ids(&store, None).await, ["a-1"]);
    bed.git.up().await;
    bed.push("a-2", "master", None);
    assert_eq!(look(&pushes).await, ["billing/a-2"]);
}
