//! What a killed process, a broken disk or a second process leaves behind.

use explain::Explain;
use git_mirror::{Error, Mirror, Movement, PushOutcome, Remote};

use crate::support::{World, add, put};

#[test]
fn locks_and_half_written_files_of_a_killed_process_are_cleared() {
    let world = World::new();
    let mut mirror = world.mirror();
    let mut batch = mirror.batch().unwrap();
    let first = add(&mut batch, &[put("a", "1")], "first");
    mirror.push(&batch).unwrap();
    drop(mirror);
    let git = world.path().join("mirror/mirror.git");
    for left in [
        "refs/heads/master.lock",
        "packed-refs.lock",
        "HEAD.lock",
        "objects/pack/tmp_pack_x",
        "objects/pack/pack-1.lock",
    ] {
        std::fs::write(git.join(left), "").unwrap();
    }
    let mut mirror = world.mirror();
    assert_eq!(mirror.tip().unwrap(), Some(first), "what was sound is kept");
    let mut batch = mirror.batch().unwrap();
    add(&mut batch, &[put("a", "2")], "second");
    assert_eq!(mirror.push(&batch).unwrap(), PushOutcome::Pushed);
    assert!(!git.join("objects/pack/tmp_pack_x").exists());
    world.fsck();
}

#[test]
fn a_damaged_mirror_comes_back_from_the_remote() {
    let damages: [(&str, Damage); 8] = [
        ("pack cut short", |git| cut(git, "pack")),
        ("index cut short", |git| cut(git, "idx")),
        ("ref emptied", |git| std::fs::write(git.join("refs/heads/master"), "").unwrap()),
        ("objects gone", |git| std::fs::remove_dir_all(git.join("objects")).unwrap()),
        ("head emptied", |git| std::fs::write(git.join("HEAD"), "").unwrap()),
        ("config gone", |git| std::fs::remove_file(git.join("config")).unwrap()),
        ("all gone", |git| std::fs::remove_dir_all(git).unwrap()),
        ("head gone", |git| std::fs::remove_file(git.join("HEAD")).unwrap()),
    ];
    for (name, damage) in damages {
        let world = World::new();
        let mut mirror = world.mirror();
        let mut batch = mirror.batch().unwrap();
        let tip = add(&mut batch, &[put("a", "1")], "first");
        mirror.push(&batch).unwrap();
        drop(mirror);
        damage(&world.path().join("mirror/mirror.git"));
        let mut mirror = world.mirror();
        let fetched = mirror.fetch().unwrap();
        assert_eq!((fetched.after, fetched.movement), (Some(tip), Movement::FastForward), "{name}");
        assert!(
            mirror.reader().snapshot(tip).unwrap().blob(&"a".parse().unwrap()).unwrap().is_some(),
            "{name}"
        );
        world.fsck();
    }
}

#[test]
fn a_mirror_damaged_while_in_use_comes_back_and_readers_follow() {
    let damages: [(&str, Damage); 4] = [
        ("all gone", |git| std::fs::remove_dir_all(git).unwrap()),
        ("head emptied", |git| std::fs::write(git.join("HEAD"), "").unwrap()),
        ("objects gone", |git| std::fs::remove_dir_all(git.join("objects")).unwrap()),
        ("refs gone", |git| std::fs::remove_dir_all(git.join("refs")).unwrap()),
    ];
    for (name, damage) in damages {
        let world = World::new();
        let mut mirror = world.mirror();
        let reader = mirror.reader();
        let mut batch = mirror.batch().unwrap();
        let tip = add(&mut batch, &[put("a", "1")], "first");
        mirror.push(&batch).unwrap();
        assert!(mirror.is_there() && !mirror.heal().unwrap(), "a sound mirror is left alone");
        damage(&world.path().join("mirror/mirror.git"));
        assert!(!mirror.is_there(), "{name}");
        assert_eq!(mirror.fetch().unwrap().after, Some(tip), "{name}");
        assert!(mirror.is_there(), "{name}");
        assert!(reader.snapshot(tip).unwrap().blob(&"a".parse().unwrap()).unwrap().is_some(), "{name}");
        let mut batch = mirror.batch().unwrap();
        add(&mut batch, &[put("a", "2")], "second");
        assert_eq!(mirror.push(&batch).unwrap(), PushOutcome::Pushed, "{name}");
        world.fsck();
    }
}

#[test]
fn a_mirror_that_cannot_be_made_again_is_named() {
    let world = World::new();
    let mut mirror = world.mirror();
    let folder = world.path().join("mirror");
    std::fs::remove_dir_all(&folder).unwrap();
    std::fs::write(&folder, "in the way").unwrap();
    let error = explain::chain(&mirror.fetch().unwrap_err()).join(": ");
    assert!(error.contains("mirror") && error.contains(folder.to_str().unwrap()), "{error}");
    assert!(!error.contains("remote.git"), "{error}");
}

type Damage = fn(&std::path::Path);

fn cut(git: &std::path::Path, extension: &str) {
    for entry in std::fs::read_dir(git.join("objects/pack")).unwrap().flatten() {
        if entry.path().extension().is_some_and(|found| found == extension) {
            let bytes = std::fs::read(entry.path()).unwrap();
            std::fs::write(entry.path(), &bytes[..bytes.len() / 2]).unwrap();
        }
    }
}

#[test]
fn one_process_at_a_time() {
    let world = World::new();
    let held = world.mirror();
    let error = Mirror::open(&world.path().join("mirror"), world.remote()).unwrap_err();
    assert!(matches!(error, Error::InUse { .. }), "{error}");
    assert_eq!(error.next_step(), "stop the other process, or give this one a folder of its own");
    drop(held);
    world.mirror();
}

#[test]
fn a_mirror_of_another_remote_is_begun_anew() {
    let world = World::new();
    let other = World::new();
    world.foreign(&[("a", "1")], "here");
    let there = other.foreign(&[("a", "1")], "there");
    world.mirror().fetch().unwrap();
    let remote =
        Remote::new(other.remote_path().to_str().unwrap().parse().unwrap(), "master".parse().unwrap());
    let mut mirror = Mirror::open(&world.path().join("mirror"), remote).unwrap();
    assert_eq!(mirror.tip().unwrap(), None);
    assert_eq!(mirror.fetch().unwrap().after, Some(there));
}
