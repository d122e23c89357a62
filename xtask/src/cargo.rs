//! Running cargo and other programs where the reader sees what they print.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Why a command of ours could not do its work; the text says it all.
pub(crate) type Fault = String;

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Says what happens next.
pub(crate) fn say(text: &str) {
    // Not being able to tell is no reason to stop.
    drop(writeln!(io::stderr(), "xtask: {text}"));
}

/// A program in the root of the workspace, with our streams and environment.
#[expect(
    clippy::disallowed_methods,
    reason = "the reader watches these run: streams and environment are ours"
)]
pub(crate) fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// A cargo to run.
pub(crate) fn cargo_command() -> Command {
    command(&std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()))
}

/// Runs cargo.
pub(crate) fn cargo(args: &[&str]) -> Result<(), Fault> {
    run(cargo_command().args(args))
}

/// Runs a program that has to succeed.
pub(crate) fn run(command: &mut Command) -> Result<(), Fault> {
    let shown = format!("{command:?}").replace('"', "");
    let status = command.status().map_err(|error| format!("cannot start `{shown}`: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{shown}` ended with {status}")) }
}

/// The folder in which `cargo build` puts programs.
pub(crate) fn target(profile: &str) -> PathBuf {
    let folder = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    folder.join(profile)
}
