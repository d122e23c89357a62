//! The packs we write, judged by git.

use git_mirror::{PushOutcome, TreePath};

use crate::support::{World, add, git_ok, put};

#[test]
fn a_large_folder_changed_many_times_is_sound_small_and_read_back() {
    let world = World::new();
    let start: Vec<(String, String)> =
        (0..300).map(|n| (format!("dev/releases/dev/s{n}/a.yaml"), "start".into())).collect();
    let start: Vec<(&str, &str)> = start.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    world.foreign(&start, "start");
    let mut mirror = world.mirror();
    mirror.fetch().unwrap();
    let mut batch = mirror.batch().unwrap();
    for n in 0..120 {
        add(&mut batch, &[put(&format!("dev/releases/dev/s{n}/a.yaml"), &format!("{n}"))], "change");
    }
    assert_eq!(mirror.push(&batch).unwrap(), PushOutcome::Pushed);
    world.fsck();
    let git = world.path().join("mirror/mirror.git");
    let largest = std::fs::read_dir(git.join("objects/pack"))
        .unwrap()
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|extension| extension == "pack"))
        .map(|entry| entry.metadata().unwrap().len())
        .max()
        .unwrap();
    assert!(largest < 100_000, "120 changes to a folder of 300 take {largest} bytes");
    let files = mirror.reader().snapshot(mirror.tip().unwrap().unwrap()).unwrap();
    let path: TreePath = "dev/releases/dev/s119/a.yaml".parse().unwrap();
    assert_eq!(files.blob(&path).unwrap().unwrap(), b"119");
}

#[test]
fn many_pushes_are_rolled_up_without_disturbing_readers() {
    let world = World::new();
    let mut mirror = world.mirror();
    let reader = mirror.reader();
    let mut pushes = 0;
    while !mirror.is_untidy() {
        let mut batch = mirror.batch().unwrap();
        add(&mut batch, &[put("a", &pushes.to_string())], "change");
        assert_eq!(mirror.push(&batch).unwrap(), PushOutcome::Pushed);
        pushes += 1;
        assert!(pushes < 200, "packs are counted");
    }
    let before = reader.snapshot(reader.tip().unwrap().unwrap()).unwrap();
    mirror.tidying().run().unwrap();
    assert!(!mirror.is_untidy());
    let last = (pushes - 1).to_string().into_bytes();
    assert_eq!(before.blob(&"a".parse().unwrap()).unwrap().unwrap(), last);
    assert_eq!(reader.history(reader.tip().unwrap().unwrap()).filter(Result::is_ok).count(), pushes);
    let mut batch = mirror.batch().unwrap();
    add(&mut batch, &[put("a", "after")], "after");
    assert_eq!(mirror.push(&batch).unwrap(), PushOutcome::Pushed);
    world.fsck();
}

#[test]
fn awkward_sizes_and_contents_survive() {
    let world = World::new();
    let mut mirror = world.mirror();
    let mut batch = mirror.batch().unwrap();
    let contents: Vec<String> = [0usize, 1, 15, 16, 2047, 2048, 70_000, 300_000]
        .iter()
        .map(|n| "é\0x".chars().cycle().take(*n).collect())
        .collect();
    for (n, content) in contents.iter().enumerate() {
        add(&mut batch, &[put(&format!("f{n}"), content)], "content");
    }
    assert_eq!(mirror.push(&batch).unwrap(), PushOutcome::Pushed);
    for (n, content) in contents.iter().enumerate() {
        let size = git_ok(&world.remote_path(), &["cat-file", "-s", &format!("master:f{n}")]);
        assert_eq!(size, content.len().to_string());
    }
    world.fsck();
}
