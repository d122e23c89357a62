//! The Git program, for plans.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use process::{Output, Program};

use super::{Origin, PlanError};
use crate::console::Console;

/// How long a clone or fetch may take.
const DEADLINE: Duration = Duration::from_mins(10);

/// Variables that would make Git work on another repository than the plan's.
const MISLEADING: [&str; 5] = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_NAMESPACE"];

/// Runs Git in a folder with the caller's environment; a non-zero exit code is left to the caller.
pub(super) fn run(
    folder: &Path,
    origin: &Origin,
    args: &[&str],
    console: Console,
) -> Result<Output, PlanError> {
    let mut program = Program::new("git").args(args.iter().copied()).folder(folder).deadline(DEADLINE);
    for (name, value) in std::env::vars_os().filter(|(name, _)| !MISLEADING.iter().any(|known| name == known))
    {
        program = program.env(name, value);
    }
    program = program.env("LC_ALL", "C").env("GIT_TERMINAL_PROMPT", "0");
    for (name, value) in token(origin) {
        program = program.env(name, value);
    }
    let output = program.run().map_err(|source| PlanError::Run { source })?;
    for line in output.stdout_text().lines().chain(output.stderr_text().lines()) {
        console.detail(&format!("git> {line}"));
    }
    Ok(output)
}

/// Runs Git where it has to succeed, and gives what it printed.
pub(super) fn must(
    folder: &Path,
    origin: &Origin,
    args: &[&str],
    console: Console,
) -> Result<String, PlanError> {
    let output = run(folder, origin, args, console)?;
    if output.succeeded() {
        return Ok(output.stdout_text());
    }
    let said = reason(&output.stderr_text()).to_owned();
    let command = args.iter().find(|arg| !arg.starts_with('-')).copied().unwrap_or_default().to_owned();
    Err(PlanError::Git { command, address: origin.shown(), said })
}

/// The line of Git's output that says why: its first complaint, else whatever came last.
fn reason(said: &str) -> &str {
    let complaint =
        said.lines().find_map(|line| line.strip_prefix("fatal: ").or(line.strip_prefix("error: ")));
    complaint.or(said.lines().last()).unwrap_or("it said nothing")
}

/// `SHUTTLE_GIT_TOKEN` as a header for the plan's host: in no argument, and in no file of the clone.
fn token(origin: &Origin) -> Vec<(OsString, OsString)> {
    let token = std::env::var("SHUTTLE_GIT_TOKEN").unwrap_or_default();
    if token.is_empty() || !origin.address.starts_with("https://") {
        return Vec::new();
    }
    let n: usize = std::env::var("GIT_CONFIG_COUNT").ok().and_then(|count| count.parse().ok()).unwrap_or(0);
    let credentials = STANDARD.encode(format!("{token}:"));
    vec![
        ("GIT_CONFIG_COUNT".into(), (n + 1).to_string().into()),
        (format!("GIT_CONFIG_KEY_{n}").into(), format!("http.{}.extraHeader", origin.shown()).into()),
        (format!("GIT_CONFIG_VALUE_{n}").into(), format!("Authorization: Basic {credentials}").into()),
    ]
}
