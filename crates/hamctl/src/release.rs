//! `hamctl release`.

use api::{IntentBody, ReleaseBranchBody};
use process::Program;

use crate::args::ReleaseArgs;
use crate::error::CommandError;
use crate::output::Output;
use crate::releasing::{self, Wanted};
use crate::server::Server;

pub(crate) async fn run(server: &Server, args: &ReleaseArgs, output: &Output) -> Result<(), CommandError> {
    let environments: Vec<String> =
        args.env.iter().map(|env| env.trim().to_owned()).filter(|env| !env.is_empty()).collect();
    if environments.is_empty() {
        return Err(CommandError::NoEnvironment);
    }
    let branch = if args.what.current_branch { Some(current_branch()?) } else { args.what.branch.clone() };
    let wanted = match (branch, &args.what.artifact) {
        (Some(branch), _) => {
            let artifact = server.latest_artifact(&branch).await?;
            output.line(format_args!("Release of service {} using branch {branch}", server.service));
            let release_branch = ReleaseBranchBody { branch };
            let intent =
                IntentBody { type_name: "ReleaseBranch".into(), release_branch, ..IntentBody::default() };
            Wanted { environments, artifact, intent }
        }
        (None, artifact) => {
            output.line(format_args!("Release of service: {}", server.service));
            let artifact = artifact.clone().unwrap_or_default();
            let intent = IntentBody { type_name: "ReleaseArtifact".into(), ..IntentBody::default() };
            Wanted { environments, artifact, intent }
        }
    };
    releasing::all(server, wanted, args.how, output).await
}

/// The branch checked out in this folder.
fn current_branch() -> Result<String, CommandError> {
    let output = Program::new("git")
        .args(["branch", "--show-current"])
        .run()
        .map_err(|_| CommandError::NoCurrentBranch)?;
    let branch = output.stdout_text();
    if !output.succeeded() || branch.is_empty() {
        return Err(CommandError::NoCurrentBranch);
    }
    Ok(branch)
}
