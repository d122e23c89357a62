//! `hamctl diff`: what a release would change, before it happens.

mod objects;
mod render;

use api::DiffResponse;
use terminal::Tone;

use crate::args::DiffArgs;
use crate::error::CommandError;
use crate::known;
use crate::output::Output;
use crate::promote;
use crate::server::Server;

/// How `--exit-code` ends when something would change.
const SOMETHING_CHANGES: u8 = 10;

/// Shows the change; the exit code says whether there is one, where that is asked for.
pub(crate) async fn run(server: &Server, args: &DiffArgs, output: &Output) -> Result<u8, CommandError> {
    let artifact = match (&args.artifact, &args.branch) {
        (Some(artifact), _) => artifact.clone(),
        (None, Some(branch)) => server.latest_artifact(branch).await?,
        (None, None) => promote::source(server, &args.env, None, None).await?.1,
    };
    let answer = match server.diff(&args.env, &artifact).await {
        Ok(answer) => answer,
        Err(error) => return Err(known::or_unknown(server, Some(&args.env), error).await),
    };
    let paint = |tone: Tone, text: &str| output.terminal.data_toned(tone, text);
    output.answer(&answer, |answer| format!("{}{}", heading(answer), render::text(&answer.files, &paint)))?;
    let changes = !answer.files.is_empty();
    output.line(ending(&answer));
    Ok(if changes && args.exit_code { SOMETHING_CHANGES } else { 0 })
}

fn heading(answer: &DiffResponse) -> String {
    let DiffResponse { service, environment, running, artifact, .. } = answer;
    let running = if running.is_empty() { "nothing" } else { running };
    format!("{service} in {environment}: {running} -> {artifact}\n\n")
}

fn ending(answer: &DiffResponse) -> String {
    let files = |count: usize| if count == 1 { "1 file".to_owned() } else { format!("{count} files") };
    match (answer.files.len(), answer.unchanged) {
        (0, _) => "Nothing would change".to_owned(),
        (changed, 0) => format!("{} would change", files(changed)),
        (changed, same) => format!("{} would change, {same} would stay the same", files(changed)),
    }
}
