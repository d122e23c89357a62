//! `hamctl promote`.

use api::{IntentBody, PromoteBody};

use crate::args::PromoteArgs;
use crate::environments::{self, Source};
use crate::error::CommandError;
use crate::known;
use crate::output::Output;
use crate::releasing::{self, Wanted};
use crate::server::Server;

pub(crate) async fn run(server: &Server, args: &PromoteArgs, output: &Output) -> Result<(), CommandError> {
    let (from, artifact) =
        source(server, &args.env, args.from_env.as_deref(), args.namespace.as_deref()).await?;
    output.line(format_args!("Promote of service: {}", server.service));
    let promote = PromoteBody { from_environment: from };
    let intent = IntentBody { type_name: "Promote".into(), promote, ..IntentBody::default() };
    let wanted = Wanted { environments: vec![args.env.clone()], artifact, intent };
    releasing::all(server, wanted, args.how, output).await
}

/// Where a promotion to an environment comes from, and the artifact that is there.
pub(crate) async fn source(
    server: &Server,
    env: &str,
    from: Option<&str>,
    namespace: Option<&str>,
) -> Result<(String, String), CommandError> {
    let environments = environments::load(server).await?;
    let source = environments.source(env, from.filter(|from| !from.is_empty()))?;
    let artifact = match &source {
        Source::Branch(branch) => server.latest_artifact(branch).await?,
        Source::Environment(from) => running(server, namespace, from).await?,
    };
    Ok((source.name().to_owned(), artifact))
}

/// The artifact that runs in an environment.
async fn running(server: &Server, namespace: Option<&str>, from: &str) -> Result<String, CommandError> {
    let status = server.status(namespace).await?;
    let running = status.environments.into_iter().find(|env| env.name == from && !env.tag.is_empty());
    if running.is_none() {
        known::check(server, None).await?;
    }
    running.map(|env| env.tag).ok_or_else(|| CommandError::NothingToPromote {
        service: server.service.clone(),
        from: from.to_owned(),
    })
}
