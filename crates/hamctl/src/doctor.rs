//! `hamctl doctor`: whether everything that the other commands need is there, and what to do where it is not.

mod check;
mod clusters;
mod local;
mod remote;
mod version;

use explain::Kind;
use serde::Serialize;
use terminal::Tone;

use self::check::{Check, State};
use crate::args::GlobalArgs;
use crate::error::CommandError;
use crate::output::Output;

/// The answer for programs.
#[derive(Serialize)]
struct Checkup<'a> {
    checks: &'a [Check],
}

/// Looks at everything; an error when a check fails.
pub(crate) async fn run(global: &GlobalArgs, output: &Output) -> Result<(), CommandError> {
    let (mut checks, target) = local::configuration(global);
    checks.push(local::service(global));
    let (token, credentials) = remote::token(global, &target).await;
    let named_by_git = credentials.as_ref().is_none_or(|credentials| !credentials.name_a_person());
    checks.extend(local::git(named_by_git));
    checks.push(token);
    checks.extend(remote::server(&target, credentials).await);
    output.answer(&Checkup { checks: &checks }, |checkup| {
        checkup.checks.iter().map(|check| text(check, output)).collect()
    })?;
    let failed: Vec<Kind> = checks.iter().filter_map(|check| check.failed).collect();
    match failed.first() {
        None => {
            output.line("Ready");
            Ok(())
        }
        Some(kind) => {
            Err(CommandError::ChecksFailed { failed: failed.len(), total: checks.len(), kind: *kind })
        }
    }
}

fn text(check: &Check, output: &Output) -> String {
    let (tone, mark) = match check.state {
        State::Good => (Tone::Good, "[✓]"),
        State::Warning => (Tone::Warn, "[!]"),
        State::Failed => (Tone::Bad, "[X]"),
    };
    let mark = output.terminal.data_toned(tone, mark);
    let mut text = format!("{mark} {}: {}\n", check.name, check.finding);
    if !check.hint.is_empty() {
        let hint = output.terminal.data_toned(Tone::Hint, "hint:");
        text.push_str(&format!("    {hint} {}\n", check.hint));
    }
    text
}
