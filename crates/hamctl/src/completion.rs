//! Completion in the shell: commands and flags from the parser, names from the server.
//!
//! The script that a shell loads calls this program back with the words so far (`COMPLETE=bash hamctl -- ...`).
//! Whatever goes wrong then goes wrong in silence: a prompt is no place for an error.

mod ask;

use std::ffi::{OsStr, OsString};

use clap::CommandFactory;
use clap_complete::engine::CompletionCandidate;
use clap_complete::env::{CompleteEnv, Shells};

use crate::args::{Args, Shell};
use crate::config_file::ConfigFile;

/// The variable by which the script calls back.
const VARIABLE: &str = "COMPLETE";

/// Whether the shell asks for completions.
pub(crate) fn is_asked_for() -> bool {
    std::env::var_os(VARIABLE).is_some_and(|value| !value.is_empty() && value != "0")
}

/// Answers the shell.
pub(crate) fn answer(arguments: Vec<OsString>) {
    let folder = std::env::current_dir().ok();
    // A shell that is not known, or words that make no sense: nothing to complete.
    drop(CompleteEnv::with_factory(Args::command).var(VARIABLE).try_complete(arguments, folder.as_deref()));
}

/// The script for a shell.
pub(crate) fn script(shell: Shell) -> String {
    let name = match shell {
        Shell::Bash => "bash",
        Shell::Zsh => "zsh",
        Shell::Fish => "fish",
        Shell::Powershell => "powershell",
    };
    let mut script = Vec::new();
    if let Some(completer) = Shells::builtins().completer(name) {
        // Writing to memory does not fail.
        drop(completer.write_registration(VARIABLE, "hamctl", "hamctl", "hamctl", &mut script));
    }
    String::from_utf8_lossy(&script).into_owned()
}

/// Services that begin so.
pub(crate) fn services(current: &OsStr) -> Vec<CompletionCandidate> {
    candidates(current, ask::services())
}

/// Environments that begin so.
pub(crate) fn environments(current: &OsStr) -> Vec<CompletionCandidate> {
    // Several may be given with commas between: the last one is being written.
    let text = current.to_string_lossy();
    let before = text.rfind(',').map_or("", |comma| &text[..=comma]);
    let names = ask::environments().into_iter().map(|name| format!("{before}{name}")).collect();
    candidates(current, names)
}

/// Branches of the service's artifacts that begin so.
pub(crate) fn branches(current: &OsStr) -> Vec<CompletionCandidate> {
    candidates(current, ask::branches())
}

/// Artifacts of the service that begin so, with the commit's message.
pub(crate) fn artifacts(current: &OsStr) -> Vec<CompletionCandidate> {
    let begun = current.to_string_lossy();
    let artifacts = ask::artifacts().into_iter().filter(|(id, _)| id.starts_with(&*begun));
    artifacts.map(|(id, message)| CompletionCandidate::new(id).help(Some(message.into()))).collect()
}

/// Namespaces that services run in.
pub(crate) fn namespaces(current: &OsStr) -> Vec<CompletionCandidate> {
    candidates(current, ask::namespaces())
}

/// Policies of the service that begin so.
pub(crate) fn policies(current: &OsStr) -> Vec<CompletionCandidate> {
    candidates(current, ask::policies())
}

/// Servers of the configuration file that begin so.
pub(crate) fn servers(current: &OsStr) -> Vec<CompletionCandidate> {
    let config = ConfigFile::load().unwrap_or_default();
    candidates(current, config.servers.into_iter().map(|server| server.name).collect())
}

fn candidates(current: &OsStr, names: Vec<String>) -> Vec<CompletionCandidate> {
    let begun = current.to_string_lossy();
    names.into_iter().filter(|name| name.starts_with(&*begun)).map(CompletionCandidate::new).collect()
}
