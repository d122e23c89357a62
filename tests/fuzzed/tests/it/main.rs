//! Every target over its seeds, and the seeds cut short anywhere.
#![expect(clippy::unwrap_used, reason = "a failed step ends the test")]

use std::path::{Path, PathBuf};

use fuzzed::TARGETS;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn every_target_survives_its_seeds() {
    for (name, target) in TARGETS {
        let folder = fuzz().join("seeds").join(name);
        let mut seeds = 0;
        for entry in std::fs::read_dir(&folder).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            target(&bytes);
            for end in 0..bytes.len().min(400) {
                target(&bytes[..end]);
            }
            seeds += 1;
        }
        assert!(seeds > 1, "{} holds too few seeds", folder.display());
    }
}

#[test]
fn every_target_is_run_and_no_other_is_kept() {
    let known: Vec<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names(&fuzz().join("fuzz_targets")), known);
    assert_eq!(names(&fuzz().join("seeds")), known);
    let manifest = std::fs::read_to_string(fuzz().join("Cargo.toml")).unwrap();
    for name in known {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "fuzz/Cargo.toml does not build {name}");
    }
}
