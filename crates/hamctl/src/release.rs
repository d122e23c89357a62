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
    let wanted = match what(args)? {
        What::Branch(branch) => {
            let artifact = server.latest_artifact(&branch).await?;
            output.line(format_args!("Release of service {} using branch {branch}", server.service));
            let release_branch = ReleaseBranchBody { branch };
            let intent =
                IntentBody { type_name: "ReleaseBranch".into(), release_branch, ..IntentBody::default() };
            Wanted { environments, artifact, intent }
        }
        What::Artifact(artifact) => {
            output.line(format_args!("Release of service: {}", server.service));
            let intent = IntentBody { type_name: "ReleaseArtifact".into(), ..IntentBody::default() };
            Wanted { environments, artifact, intent }
        }
    };
    releasing::all(server, wanted, args.how, output).await
}

/// What to release.
enum What {
    Branch(String),
    Artifact(String),
}

fn what(args: &ReleaseArgs) -> Result<What, CommandError> {
    let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    let both = |one, other| Err(CommandError::BothGiven { one, other });
    match (given(&args.what.branch), args.what.current_branch, given(&args.what.artifact)) {
        (Some(_), true, _) => both("--branch", "--current-branch"),
        (Some(_), _, Some(_)) => both("--branch", "--artifact"),
        (_, true, Some(_)) => both("--current-branch", "--artifact"),
        (Some(branch), false, None) => Ok(What::Branch(branch)),
        (None, true, None) => Ok(What::Branch(current_branch()?)),
        (None, false, Some(artifact)) => Ok(What::Artifact(artifact)),
        (None, false, None) => Err(CommandError::NothingGiven),
    }
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
