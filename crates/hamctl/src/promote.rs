//! `hamctl promote`.

use api::{IntentBody, PromoteBody};

use crate::args::PromoteArgs;
use crate::environments::{self, Source};
use crate::error::CommandError;
use crate::output::Output;
use crate::releasing::{self, Wanted};
use crate::server::Server;

pub(crate) async fn run(server: &Server, args: &PromoteArgs, output: &Output) -> Result<(), CommandError> {
    let environments = environments::load(server).await?;
    let from = args.from_env.as_deref().filter(|from| !from.is_empty());
    let source = environments.source(&args.env, from)?;
    let artifact = match &source {
        Source::Branch(branch) => server.latest_artifact(branch).await?,
        Source::Environment(from) => running(server, args, from).await?,
    };
    output.line(format_args!("Promote of service: {}", server.service));
    let promote = PromoteBody { from_environment: source.name().to_owned() };
    let intent = IntentBody { type_name: "Promote".into(), promote, ..IntentBody::default() };
    let wanted = Wanted { environments: vec![args.env.clone()], artifact, intent };
    releasing::all(server, wanted, args.wait, output).await
}

/// The artifact that runs in an environment.
async fn running(server: &Server, args: &PromoteArgs, from: &str) -> Result<String, CommandError> {
    let status = server.status(args.namespace.as_deref()).await?;
    status
        .environments
        .into_iter()
        .find(|env| env.name == from && !env.tag.is_empty())
        .map(|env| env.tag)
        .ok_or_else(|| CommandError::NothingToPromote {
            service: server.service.clone(),
            from: from.to_owned(),
        })
}
