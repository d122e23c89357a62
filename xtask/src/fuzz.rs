//! `cargo xtask fuzz`: every parser of foreign bytes under libFuzzer.
//!
//! It works with the compiler of the project. `cargo-fuzz` is told to use no sanitizer, which would need a nightly one:
//! our code has no unsafe, and what is looked for are broken promises, panics, and much time or memory for few bytes.

mod options;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use options::{Options, Work};

use crate::cargo::{Fault, cargo, command, root, run, say};
use crate::debian::{self, Need};

/// The version that the flags below are written for.
const CARGO_FUZZ: &str = "0.13.2";

/// Longer inputs than this are for tests with a limit to show; libFuzzer learns little from them.
const MAX_INPUT: &str = "-max_len=4096";

/// An input that takes longer than ten seconds, or two gigabytes, is a finding.
const LIMITS: [&str; 2] = ["-timeout=10", "-rss_limit_mb=2048"];

/// Fuzzes one target or all of them, each from its seeds and what earlier runs found; or replays one input.
pub(crate) fn fuzz(args: &[String]) -> Result<(), Fault> {
    let known = targets()?;
    let options = Options::read(args, &known)?;
    if options.work == Work::List {
        say(&format!("targets: {}", known.join(", ")));
        return Ok(());
    }
    debian::provide(Need::Fuzz)?;
    let program = provide()?;
    same_versions()?;
    for target in &options.targets {
        match &options.work {
            Work::Replay(input) => replay(&program, target, input)?,
            Work::List | Work::Fuzz { .. } => search(&program, target, &options.work)?,
        }
    }
    Ok(())
}

/// Looks for an input that makes a target fail.
fn search(program: &Path, target: &str, work: &Work) -> Result<(), Fault> {
    let Work::Fuzz { seconds } = work else { return Ok(()) };
    say(&format!("{target}, {seconds} s"));
    let found = root().join("fuzz/corpus").join(target);
    fs::create_dir_all(&found).map_err(|error| format!("cannot make {}: {error}", found.display()))?;
    let began = SystemTime::now();
    let mut command = cargo_fuzz(program, "run", target);
    command.arg(&found).arg(root().join("fuzz/seeds").join(target));
    command
        .args(["--", &format!("-max_total_time={seconds}"), MAX_INPUT, "-print_final_stats=1"])
        .args(LIMITS);
    run(&mut command).map_err(|fault| match newest(target, began) {
        None => fault,
        Some(input) => format!(
            "`{target}` fails on {input}\n\
             replay it:  cargo xtask fuzz {target} --replay {input}\n\
             keep it:    cp {input} fuzz/seeds/{target}/  # its name is what it showed; `cargo test -p fuzzed` repeats it"
        ),
    })
}

/// Runs one input, and shows where it fails.
fn replay(program: &Path, target: &str, input: &Path) -> Result<(), Fault> {
    let input = std::path::absolute(input).map_err(|error| format!("{}: {error}", input.display()))?;
    if !input.is_file() {
        return Err(format!("there is no file {}", input.display()));
    }
    let mut command = cargo_fuzz(program, "run", target);
    run(command.arg(&input).arg("--").args(LIMITS).env("RUST_BACKTRACE", "1"))?;
    say(&format!("`{target}` keeps its word on {}", input.display()));
    Ok(())
}

fn cargo_fuzz(program: &Path, verb: &str, target: &str) -> Command {
    let mut command = command(&program.to_string_lossy());
    command.args(["fuzz", verb, "--sanitizer", "none", target]);
    command
}

/// What a run that began then left behind as the input that failed, as a path below the root.
fn newest(target: &str, began: SystemTime) -> Option<String> {
    let folder = format!("fuzz/artifacts/{target}");
    let files = fs::read_dir(root().join(&folder)).ok()?.flatten();
    let dated = files.filter_map(|file| Some((file.metadata().ok()?.modified().ok()?, file.file_name())));
    let (_, name) = dated.filter(|(written, _)| *written >= began).max()?;
    Some(format!("{folder}/{}", name.to_string_lossy()))
}

/// The names of all targets.
fn targets() -> Result<Vec<String>, Fault> {
    let folder = root().join("fuzz/fuzz_targets");
    let entries =
        fs::read_dir(&folder).map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
    let mut names: Vec<String> =
        entries.filter_map(|entry| Some(entry.ok()?.path().file_stem()?.to_str()?.to_owned())).collect();
    names.sort();
    Ok(names)
}

/// Installs `cargo-fuzz` below `target`, once.
fn provide() -> Result<PathBuf, Fault> {
    let folder = root().join("target/cargo-fuzz");
    let program = folder.join("bin/cargo-fuzz");
    if !program.is_file() {
        say(&format!("installing cargo-fuzz {CARGO_FUZZ} below target/cargo-fuzz"));
        let folder = folder.to_string_lossy().into_owned();
        cargo(&["install", "cargo-fuzz", "--version", CARGO_FUZZ, "--locked", "--root", &folder])?;
    }
    Ok(program)
}

/// Lets the fuzzed programs be built from the versions that are released: the lock of the targets, which are no member of
/// the workspace, begins as that of the workspace.
fn same_versions() -> Result<(), Fault> {
    let (ours, theirs) = (root().join("Cargo.lock"), root().join("fuzz/Cargo.lock"));
    let written = |file: &Path| fs::metadata(file).and_then(|file| file.modified()).ok();
    if written(&theirs) < written(&ours) {
        fs::copy(&ours, &theirs).map_err(|error| format!("cannot write {}: {error}", theirs.display()))?;
    }
    Ok(())
}
