//! `hamctl rollback`.

use api::{DescribedRelease, IntentBody, RollbackBody};
use jiff::Timestamp;

use crate::args::RollbackArgs;
use crate::error::CommandError;
use crate::known;
use crate::output::Output;
use crate::relative;
use crate::releasing::{self, Wanted};
use crate::server::Server;

pub(crate) async fn run(server: &Server, args: &RollbackArgs, output: &Output) -> Result<(), CommandError> {
    let releases = server.releases(&args.env, args.length).await?.releases;
    if releases.is_empty() {
        known::check(server, Some(&args.env)).await?;
    }
    let no_earlier =
        || CommandError::NoEarlierRelease { service: server.service.clone(), env: args.env.clone() };
    let current = releases.first().ok_or_else(no_earlier)?.artifact.id.clone();
    let chosen = match &args.artifact {
        Some(artifact) => {
            releases.iter().position(|release| release.artifact.id == *artifact).ok_or_else(|| {
                CommandError::NotReleasedLately { artifact: artifact.clone(), length: args.length }
            })?
        }
        None if releases.len() < 2 => return Err(no_earlier()),
        None if args.yes => 1,
        None => ask(&releases, args, output)?,
    };
    let artifact = releases[chosen].artifact.id.clone();
    if !args.how.dry_run {
        output.done(format_args!("Starting rollback of service {} to {artifact}", server.service));
    }
    let rollback = RollbackBody { previous_artifact_id: current };
    let intent = IntentBody { type_name: "Rollback".into(), rollback, ..IntentBody::default() };
    let wanted = Wanted { environments: vec![args.env.clone()], artifact, intent };
    releasing::all(server, wanted, args.how, output).await
}

/// Lets the person choose; the release before the current one is the default.
fn ask(releases: &[DescribedRelease], args: &RollbackArgs, output: &Output) -> Result<usize, CommandError> {
    if !output.terminal.is_interactive() {
        return Err(CommandError::RollbackToWhat);
    }
    let now = Timestamp::now();
    let lines: Vec<String> =
        releases.iter().enumerate().map(|(index, release)| choice(index, release, now)).collect();
    let question = format!("Which release to rollback '{}' to?", args.env);
    Ok(output.terminal.choose(&question, &lines, 0, 1)?)
}

fn choice(index: usize, release: &DescribedRelease, now: Timestamp) -> String {
    let mark = if index == 0 { " current release" } else { "" };
    let ago = relative::text(release.released_at.instant(), now);
    let message = release.artifact.application.message.lines().next().unwrap_or_default();
    let colon = if message.is_empty() { "" } else { ": " };
    format!("#{index} {}{mark} {ago} by {}{colon}{message}", release.artifact.id, release.released_by_email)
}
