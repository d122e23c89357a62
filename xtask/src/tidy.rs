//! `cargo xtask tidy`: rules of the house that no compiler knows.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cargo::{Fault, root};

/// Crates that decide and never act: nothing beside these may be among their dependencies.
const PURE: [(&str, &[&str]); 6] = [
    ("explain", &[]),
    ("go-json", &["serde", "serde_json"]),
    ("artifact", &["explain", "go-json", "jiff", "serde", "serde_json", "thiserror", "uuid"]),
    ("policy", &["artifact", "explain", "go-json", "regex", "serde", "serde_json", "thiserror"]),
    ("kube-status", &["explain", "jiff", "serde", "serde_json", "thiserror"]),
    (
        "go-template",
        &[
            "base64",
            "explain",
            "heck",
            "indexmap",
            "jiff",
            "regex",
            "semver",
            "serde",
            "serde_json",
            "sha1",
            "sha2",
            "thiserror",
            "unicode-segmentation",
            "url",
            "yaml",
        ],
    ),
];

/// Checks all of it and names every fault at once.
pub(crate) fn tidy() -> Result<(), Fault> {
    let mut faults = Vec::new();
    for (name, allowed) in PURE {
        pure(name, allowed, &mut faults)?;
    }
    for folder in crates()? {
        essay(&folder, &mut faults)?;
        declared_tests(&folder, &mut faults)?;
    }
    if faults.is_empty() { Ok(()) } else { Err(format!("the house is not tidy:\n  {}", faults.join("\n  "))) }
}

fn pure(name: &str, allowed: &[&str], faults: &mut Vec<String>) -> Result<(), Fault> {
    let manifest = read(&root().join("crates").join(name).join("Cargo.toml"))?;
    for dependency in dependencies(&manifest) {
        if !allowed.contains(&dependency) {
            faults.push(format!("crates/{name} is pure and must not depend on {dependency}"));
        }
    }
    Ok(())
}

/// The names below `[dependencies]`.
fn dependencies(manifest: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    manifest.lines().filter_map(move |line| {
        if line.starts_with('[') {
            inside = line.trim() == "[dependencies]";
            return None;
        }
        let name = line.split(['=', '.', ' ']).next().unwrap_or_default().trim();
        (inside && !name.is_empty() && !name.starts_with('#')).then_some(name)
    })
}

/// Every crate opens with what it owns and what it must never know.
fn essay(folder: &Path, faults: &mut Vec<String>) -> Result<(), Fault> {
    const FEWEST_LINES: usize = 4;
    for file in ["src/lib.rs", "src/main.rs"] {
        let path = folder.join(file);
        if !path.is_file() {
            continue;
        }
        let lines = read(&path)?.lines().take_while(|line| line.starts_with("//!")).count();
        let wanted = if file.ends_with("lib.rs") { FEWEST_LINES } else { 1 };
        if lines < wanted {
            faults.push(format!("{} does not open with an essay on what it is for", shown(&path)));
        }
    }
    Ok(())
}

/// A test file that no `mod` names is never compiled, and nobody notices.
fn declared_tests(folder: &Path, faults: &mut Vec<String>) -> Result<(), Fault> {
    let tests = folder.join("tests/it");
    if !tests.is_dir() {
        return Ok(());
    }
    let main = read(&tests.join("main.rs"))?;
    for path in entries(&tests)? {
        let Some(name) = path.file_stem().and_then(|name| name.to_str()) else { continue };
        let is_module = path.extension().is_some_and(|extension| extension == "rs") && name != "main";
        if is_module && !main.lines().any(|line| line.trim_end().ends_with(&format!("mod {name};"))) {
            faults.push(format!("{} is not declared in main.rs, so it never runs", shown(&path)));
        }
    }
    Ok(())
}

fn crates() -> Result<Vec<PathBuf>, Fault> {
    let mut folders = entries(&root().join("crates"))?;
    folders.extend(entries(&root().join("tests"))?);
    folders.push(root().join("xtask"));
    folders.retain(|folder| folder.join("Cargo.toml").is_file());
    Ok(folders)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Fault> {
    let listed = fs::read_dir(folder).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
    let mut paths: Vec<PathBuf> =
        listed.map_err(|error| format!("cannot read {}: {error}", shown(folder)))?;
    paths.sort();
    Ok(paths)
}

fn read(path: &Path) -> Result<String, Fault> {
    fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", shown(path)))
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_are_read_from_their_table_alone() {
        let manifest = "[package]\nname = \"x\"\n\n[dependencies]\nserde.workspace = true\ntokio = \"1\"\n# why\n\n[dev-dependencies]\nproptest.workspace = true\n";
        assert_eq!(dependencies(manifest).collect::<Vec<_>>(), ["serde", "tokio"]);
    }

    #[test]
    fn the_house_is_tidy() {
        assert_eq!(tidy(), Ok(()));
    }
}
