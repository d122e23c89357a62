//! `--dry-run`: what would be decided, with nothing done.

use api::{Decision, DryRunResponse};
use serde::Serialize;
use terminal::Tone;

use crate::error::CommandError;
use crate::known;
use crate::output::Output;
use crate::releasing::Wanted;
use crate::server::Server;

/// The answer for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DryRun<'a> {
    dry_run: bool,
    service: &'a str,
    results: &'a [DryRunResponse],
}

/// Asks for every environment; an error when one would be refused.
pub(crate) async fn all(server: &Server, wanted: &Wanted, output: &Output) -> Result<(), CommandError> {
    let mut results = Vec::new();
    for environment in &wanted.environments {
        let told = match server.dry_run(environment, &wanted.artifact, wanted.intent.clone()).await {
            Ok(told) => told,
            Err(error) => return Err(known::or_unknown(server, Some(environment), error).await),
        };
        show(&told, output);
        results.push(told);
    }
    output.data(&DryRun { dry_run: true, service: &server.service, results: &results })?;
    output.line("Nothing was released: this was a dry run");
    let denied = results.iter().filter(|told| told.decision == Decision::Denied).count();
    match denied {
        0 => Ok(()),
        _ => Err(CommandError::WouldBeDenied { denied, total: results.len() }),
    }
}

fn show(told: &DryRunResponse, output: &Output) {
    let DryRunResponse { environment, artifact_id, running, .. } = told;
    match told.decision {
        Decision::Approved if running.is_empty() => {
            output.done(format_args!("{artifact_id} would be released to {environment}, where nothing runs"));
        }
        Decision::Approved => {
            output.done(format_args!(
                "{artifact_id} would be released to {environment}, in place of {running}"
            ));
        }
        Decision::Unchanged => output.done(format_args!("{artifact_id} runs in {environment} already")),
        Decision::Denied => {
            let mark = output.terminal.data_toned(Tone::Bad, "[X]");
            output.line(format_args!("{mark} {artifact_id} would not be released to {environment}:"));
            for reason in &told.reasons {
                output.line(format_args!("    {}", reason.message));
                if !reason.hint.is_empty() {
                    let hint = output.terminal.data_toned(Tone::Hint, "hint:");
                    output.line(format_args!("      {hint} {}", reason.hint));
                }
            }
        }
    }
}
