use std::path::Path;

use git_mirror::{Mirror, Remote};
use process::Program;
use proptest::prelude::*;

use super::*;

fn git(folder: &Path, args: &[&str]) -> String {
    let who = [("GIT_AUTHOR_NAME", "Bo"), ("GIT_AUTHOR_EMAIL", "bo@example.test")];
    let mut program = Program::new("git").args(args.iter().copied()).folder(folder);
    for (name, value) in who {
        program = program.env(name, value).env(name.replace("AUTHOR", "COMMITTER"), value);
    }
    let output = program.run().unwrap();
    assert!(output.succeeded(), "git {args:?}: {}", output.stderr_text());
    output.stdout_text()
}

/// A remote that grows commit by commit, without files.
struct World {
    folder: tempfile::TempDir,
    line: Vec<String>,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        git(folder.path(), &["init", "--quiet", "--bare", "-b", "master", "remote.git"]);
        Self { folder, line: Vec::new() }
    }

    fn remote(&self) -> PathBuf {
        self.folder.path().join("remote.git")
    }

    fn commit(&self, message: &str, parents: &[&str]) -> String {
        let tree = git(&self.remote(), &["hash-object", "-t", "tree", "-w", "/dev/null"]);
        let mut args = vec!["commit-tree", &tree, "-m", message];
        for parent in parents {
            args.extend(["-p", parent]);
        }
        git(&self.remote(), &args)
    }

    /// A commit on the line; with `merge`, one that brings two commits made beside it.
    fn add(&mut self, message: &str, merge: bool) {
        let tip = self.line.last().cloned();
        let id = match (&tip, merge) {
            (Some(tip), true) => {
                let from = self.line[self.line.len() / 2].clone();
                let first = self.commit(&format!("{message} beside"), &[&from]);
                let second = self.commit("[dev/side] release s-1 by x@y", &[&first]);
                self.commit(message, &[tip, &second])
            }
            (Some(tip), false) => self.commit(message, &[tip]),
            (None, _) => self.commit(message, &[]),
        };
        git(&self.remote(), &["update-ref", "refs/heads/master", &id]);
        self.line.push(id);
    }

    fn mirror(&self) -> Mirror {
        let url = self.remote().to_str().unwrap().parse().unwrap();
        let remote = Remote::new(url, "master".parse().unwrap());
        Mirror::open(&self.folder.path().join("mirror"), remote).unwrap()
    }

    fn index(&self, name: &str) -> Index {
        Index::open(&self.folder.path().join(name)).unwrap()
    }
}

fn messages() -> impl Strategy<Value = Vec<Vec<(String, bool)>>> {
    let message = prop_oneof![
        ("dev|prod|Prod", "a|b", 0..4u8).prop_map(|(e, s, n)| format!("[{e}/{s}] release master-{n} by x@y")),
        ("dev|prod", 0..3u8).prop_map(|(env, n)| format!(
            "[{env}/a] auto release r-{n} by x@y\n\nRelease-intent: AutoRelease\n\
             Release-Id: 0198f2c4-0000-7000-8000-00000000000{n}"
        )),
        Just("[a] policy update: delete policies".to_owned()),
        Just("by hand".to_owned()),
    ];
    prop::collection::vec(prop::collection::vec((message, prop::bool::weighted(0.2)), 1..4), 1..5)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]
    #[test]
    fn an_index_kept_up_to_date_equals_one_made_at_once(batches in messages()) {
        let mut world = World::new();
        let mut mirror = world.mirror();
        let kept = world.index("kept");
        for batch in batches {
            for (message, merge) in batch {
                world.add(&message, merge);
            }
            let tip = mirror.fetch().unwrap().after.unwrap();
            kept.catch_up(&mirror.reader(), tip).unwrap();
            let fresh = world.index("fresh");
            fresh.clear().unwrap();
            fresh.catch_up(&mirror.reader(), tip).unwrap();
            prop_assert_eq!(kept.dump(), fresh.dump());
        }
    }
}

#[test]
fn a_rewritten_history_and_a_foreign_index_are_noticed() {
    let mut world = World::new();
    world.add("[dev/a] release one by x@y", false);
    world.add("[dev/a] release two by x@y", false);
    let mut mirror = world.mirror();
    let index = world.index("index");
    index.catch_up(&mirror.reader(), mirror.fetch().unwrap().after.unwrap()).unwrap();
    let ids = |index: &Index| {
        let found = index.releases("dev", "a", 9).unwrap();
        found.into_iter().map(|landed| landed.record.artifact).collect::<Vec<_>>()
    };
    assert_eq!(ids(&index), ["two", "one"]);
    let other = world.commit("[dev/a] release three by x@y", &[&world.line[0]]);
    git(&world.remote(), &["update-ref", "refs/heads/master", &other]);
    mirror.fetch().unwrap();
    index.catch_up(&mirror.reader(), mirror.accept_rewrite().unwrap().unwrap()).unwrap();
    assert_eq!(ids(&index), ["three", "one"]);
    assert_eq!(index.ran("two").unwrap(), []);
}

#[test]
fn a_damaged_file_is_made_again_and_an_open_one_is_left_alone() {
    let mut world = World::new();
    world.add("[dev/a] release one by x@y", false);
    let mut mirror = world.mirror();
    let tip = mirror.fetch().unwrap().after.unwrap();
    let path = world.folder.path().join("index");
    for damage in [b"no index".as_slice(), b"", &[0; 100_000]] {
        std::fs::write(&path, damage).unwrap();
        let index = world.index("index");
        assert!(matches!(Index::open(&path), Err(IndexError::InUse { .. })));
        index.catch_up(&mirror.reader(), tip).unwrap();
        assert_eq!(index.services().unwrap(), [("dev".to_owned(), "a".to_owned())]);
    }
}

#[test]
fn what_was_not_persisted_is_caught_up_after_a_crash() {
    let mut world = World::new();
    world.add("[dev/a] release one by x@y", false);
    let mut mirror = world.mirror();
    let index = world.index("index");
    index.catch_up(&mirror.reader(), mirror.fetch().unwrap().after.unwrap()).unwrap();
    world.add("[dev/a] release two by x@y", false);
    let tip = mirror.fetch().unwrap().after.unwrap();
    index.catch_up(&mirror.reader(), tip).unwrap();
    // What a killed process leaves is the file as it is now.
    let left = world.folder.path().join("left");
    std::fs::copy(world.folder.path().join("index"), &left).unwrap();
    let reopened = world.index("left");
    reopened.catch_up(&mirror.reader(), tip).unwrap();
    assert_eq!(reopened.dump(), index.dump());
}

#[test]
fn damage_makes_the_file_again_and_a_full_disk_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let damaged = folder.path().join("damaged");
    std::fs::write(&damaged, vec![7; 8192]).unwrap();
    assert_eq!(Index::open(&damaged).unwrap().tip().unwrap(), None);
    // A device that is always full.
    let full = folder.path().join("full");
    std::os::unix::fs::symlink("/dev/full", &full).unwrap();
    assert!(Index::open(&full).is_err());
    assert!(full.is_symlink(), "nothing was removed");
}
