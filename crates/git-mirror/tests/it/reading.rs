//! Reading what others wrote.

use git_mirror::{EntryKind, TreePath};

use crate::support::{World, add, git, git_ok, put};

fn path(text: &str) -> TreePath {
    text.parse().unwrap()
}

#[test]
fn a_snapshot_reads_folders_files_and_ids() {
    let world = World::new();
    let tip = world.foreign(&[("a/x.yaml", "1"), ("a/b/y.yaml", "2"), ("top", "3")], "start");
    let mut mirror = world.mirror();
    mirror.fetch().unwrap();
    let files = mirror.reader().snapshot(tip).unwrap();
    let names = |at: &str| files.entries(&path(at)).unwrap().into_iter().map(|e| e.name).collect::<Vec<_>>();
    assert_eq!(names(""), ["a", "top"]);
    assert_eq!(names("a"), ["b", "x.yaml"]);
    assert_eq!(names("top"), [""; 0]);
    assert_eq!(names("nowhere"), [""; 0]);
    assert_eq!(files.blob(&path("a/b/y.yaml")).unwrap().as_deref(), Some(b"2".as_slice()));
    assert_eq!(files.blob(&path("a/b")).unwrap(), None);
    assert_eq!(
        files.tree_id(&path("a/b")).unwrap().unwrap().to_string(),
        world.ask(&["rev-parse", "master:a/b"])
    );
    let all: Vec<String> =
        files.files(&path("a")).unwrap().iter().map(|(path, _)| path.to_string()).collect();
    assert_eq!(all, ["a/b/y.yaml", "a/x.yaml"]);
    assert!(matches!(files.files(&path("")).unwrap()[2].1, EntryKind::File { executable: false, .. }));
}

#[test]
fn differences_are_found_between_any_two_commits() {
    let world = World::new();
    let old = world.foreign(&[("a/x", "1"), ("a/y", "1"), ("b/z", "1"), ("c", "1")], "old");
    world.foreign(&[("a/x", "2"), ("a/new/w", "1"), ("outside", "1")], "new");
    git_ok(&world.path().join("work"), &["rm", "--quiet", "a/y"]);
    git_ok(&world.path().join("work"), &["commit", "--quiet", "-m", "removed"]);
    git_ok(&world.path().join("work"), &["push", "--quiet", "origin", "HEAD:master"]);
    let new = world.remote_tip().unwrap();
    let mut mirror = world.mirror();
    mirror.fetch().unwrap();
    let reader = mirror.reader();
    let (old, new) = (reader.snapshot(old).unwrap(), reader.snapshot(new).unwrap());
    let seen = |at: &str| {
        let changes = new.changes_since(&old, &path(at)).unwrap();
        changes
            .iter()
            .map(|c| (c.path.to_string(), c.before.is_some(), c.after.is_some()))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        seen("a"),
        [("a/new/w".into(), false, true), ("a/x".into(), true, true), ("a/y".into(), true, false)]
    );
    assert_eq!(seen("b"), []);
    assert_eq!(seen("").len(), 4);
}

#[test]
fn history_is_the_branch_and_merges_tell_what_they_brought() {
    let world = World::new();
    let first = world.foreign(&[("a", "1")], "first");
    let work = world.path().join("work");
    git_ok(&work, &["checkout", "--quiet", "-b", "side"]);
    for name in ["side-1", "side-2"] {
        std::fs::write(work.join(name), name).unwrap();
        git_ok(&work, &["add", "."]);
        git_ok(&work, &["commit", "--quiet", "-m", name]);
    }
    git_ok(&work, &["checkout", "--quiet", "master"]);
    world.foreign(&[("a", "2")], "second");
    git_ok(&work, &["merge", "--quiet", "--no-ff", "-m", "merge", "side"]);
    git_ok(&work, &["push", "--quiet", "origin", "HEAD:master"]);
    let mut mirror = world.mirror();
    let tip = mirror.fetch().unwrap().after.unwrap();
    let reader = mirror.reader();
    let line: Vec<_> = reader.history(tip).map(Result::unwrap).collect();
    let titles = |commits: &[git_mirror::Commit]| {
        commits.iter().map(|commit| commit.message.trim().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(titles(&line), ["merge", "second", "first"]);
    assert_eq!(titles(&reader.merged_by(&line[0]).unwrap()), ["side-1", "side-2"]);
    assert_eq!(reader.merged_by(&line[1]).unwrap(), []);
    assert!(reader.is_ancestor(first, tip).unwrap());
    assert!(!reader.is_ancestor(tip, first).unwrap());
    assert!(reader.is_ancestor(line[0].parents[1], tip).unwrap());
}

#[test]
fn times_keep_their_zone_and_odd_people_are_read() {
    let world = World::new();
    world.foreign(&[("a", "1")], "first");
    let odd = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor <> 1767600842 +0530\ncommitter Bo <bo@example.test> 99999999999999999999 +0000\n\nodd\n";
    let file = world.path().join("odd");
    std::fs::write(&file, odd).unwrap();
    let id = world.ask(&["hash-object", "-t", "commit", "--literally", "-w", file.to_str().unwrap()]);
    git(&world.remote_path(), &["mktree"]);
    world.ask(&["update-ref", "refs/heads/master", &id]);
    let mut mirror = world.mirror();
    let tip = mirror.fetch().unwrap().after.unwrap();
    let commit = mirror.reader().commit(tip).unwrap();
    assert_eq!(commit.author.time.to_string(), "2026-01-05T13:44:02+05:30[+05:30]");
    assert_eq!((commit.author.name.as_str(), commit.author.email.as_str()), ("", ""));
    assert_eq!(commit.committer.email, "bo@example.test");
}

#[test]
fn readers_on_other_threads_see_what_was_pushed_after_they_were_made() {
    let world = World::new();
    let mut mirror = world.mirror();
    let reader = mirror.reader();
    let mut batch = mirror.batch().unwrap();
    let id = add(&mut batch, &[put("a", "1")], "ours");
    mirror.push(&batch).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let tip = reader.tip().unwrap().unwrap();
                assert_eq!(tip, id);
                assert_eq!(reader.snapshot(tip).unwrap().blob(&path("a")).unwrap().unwrap(), b"1");
            });
        }
    });
}
