//! Many branches, each kept as it was first seen.

use std::time::Duration;

use git_mirror::{Archive, ArchiveSource, CommitId, Credentials, Error, RemoteError};

use crate::support::{World, git_ok};

fn source(world: &World, prefix: &str) -> ArchiveSource {
    ArchiveSource {
        url: world.remote_path().to_str().unwrap().parse().unwrap(),
        tls: git_mirror::Tls::default(),
        credentials: Credentials::None,
        prefix: prefix.to_owned(),
        deadline: Duration::from_secs(60),
    }
}

fn archive(world: &World) -> Archive {
    Archive::open(&world.path().join("archive"), source(world, "")).unwrap()
}

/// Somebody pushes one file to a branch, on top of nothing, whatever was there.
fn push(world: &World, branch: &str, content: &str) -> CommitId {
    let work = world.path().join(format!("work-{}", content.replace('/', "-")));
    std::fs::create_dir_all(&work).unwrap();
    git_ok(&work, &["init", "--quiet"]);
    std::fs::write(work.join("file"), content).unwrap();
    git_ok(&work, &["add", "."]);
    git_ok(&work, &["commit", "--quiet", "--allow-empty", "-m", content]);
    let remote = world.remote_path();
    git_ok(
        &work,
        &["push", "--quiet", "--force", remote.to_str().unwrap(), &format!("HEAD:refs/heads/{branch}")],
    );
    git_ok(&work, &["rev-parse", "HEAD"]).parse().unwrap()
}

fn names(branches: std::collections::BTreeMap<String, CommitId>) -> Vec<String> {
    branches.into_keys().collect()
}

#[test]
fn a_branch_comes_once_and_stays_whatever_the_remote_does() {
    let world = World::new();
    let mut archive = archive(&world);
    let reader = archive.reader();
    assert!(archive.is_new());
    assert_eq!(archive.fetch(|_| true).unwrap(), [], "an empty remote");
    archive.begin().unwrap();
    let first = push(&world, "billing/1", "one");
    push(&world, "main", "main");
    assert_eq!(archive.fetch(|name| name.contains('/')).unwrap(), []);
    assert_eq!(names(reader.incoming().unwrap()), ["billing/1"], "unwanted names do not come");
    assert_eq!(reader.find("billing/1").unwrap(), Some(first), "before it is kept, too");
    archive.keep("billing/1", first).unwrap();
    assert!(reader.incoming().unwrap().is_empty());

    let moved = push(&world, "billing/1", "another");
    let told = archive.fetch(|_| false).unwrap();
    assert_eq!((told[0].name.as_str(), told[0].kept, told[0].now), ("billing/1", first, moved));
    world.ask(&["update-ref", "-d", "refs/heads/billing/1"]);
    world.ask(&["gc", "--quiet", "--prune=now"]);
    assert_eq!(archive.fetch(|_| false).unwrap(), [], "a branch that is gone is no fault");
    archive.tidy().unwrap();
    assert_eq!(reader.find("billing/1").unwrap(), Some(first));
    let files = reader.snapshot(first).unwrap();
    assert_eq!(files.blob(&"file".parse().unwrap()).unwrap().as_deref(), Some(b"one".as_slice()));
    drop(archive);

    let archive = self::archive(&world);
    assert!(!archive.is_new());
    assert_eq!(archive.reader().find("billing/1").unwrap(), Some(first));
}

#[test]
fn what_was_not_kept_comes_again_after_a_crash() {
    let world = World::new();
    let commit = push(&world, "a/1", "one");
    let mut first = archive(&world);
    first.fetch(|_| true).unwrap();
    drop(first);
    let mut second = archive(&world);
    assert_eq!(names(second.reader().incoming().unwrap()), ["a/1"]);
    second.fetch(|_| true).unwrap();
    second.keep("a/1", commit).unwrap();
    assert!(second.reader().incoming().unwrap().is_empty());
    assert_eq!(names(second.reader().list("a/").unwrap()), ["a/1"]);
    assert!(second.reader().list("b/").unwrap().is_empty());
}

#[test]
fn history_is_left_where_it_is_and_only_the_prefix_is_seen() {
    let world = World::new();
    for content in ["1", "2", "3"] {
        world.foreign(&[("file", content)], content);
    }
    world.ask(&["update-ref", "refs/heads/artifacts/a/1", "master"]);
    let folder = world.path().join("archive");
    let mut archive = Archive::open(&folder, source(&world, "artifacts/")).unwrap();
    archive.fetch(|_| true).unwrap();
    assert_eq!(names(archive.reader().incoming().unwrap()), ["a/1"]);
    let git_dir = folder.join("mirror.git");
    assert_eq!(git_ok(&git_dir, &["rev-list", "--count", "--all"]), "1", "one commit, without its history");
    drop(archive);
    let other = Archive::open(&folder, source(&world, "")).unwrap();
    assert!(other.reader().incoming().unwrap().is_empty(), "another prefix begins another archive");
    assert!(Archive::open(&world.path().join("other"), source(&world, "a b/")).is_err());
}

#[test]
fn a_remote_that_is_away_loses_nothing() {
    let world = World::new();
    let commit = push(&world, "a/1", "one");
    let mut archive = archive(&world);
    archive.fetch(|_| true).unwrap();
    archive.keep("a/1", commit).unwrap();
    std::fs::rename(world.remote_path(), world.path().join("away.git")).unwrap();
    let error = archive.fetch(|_| true).unwrap_err();
    assert!(matches!(error, Error::Remote(RemoteError::Unreachable { .. })), "{error}");
    assert_eq!(archive.reader().find("a/1").unwrap(), Some(commit));
}
