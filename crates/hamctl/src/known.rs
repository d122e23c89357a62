//! Whether a name that nothing was found for is one the server knows.

use explain::{Explain, Kind};

use crate::environments;
use crate::error::CommandError;
use crate::server::Server;

/// After an empty answer: an error when the service or environment is unknown; nothing when the server does not say
/// which there are.
pub(crate) async fn check(server: &Server, env: Option<&str>) -> Result<(), CommandError> {
    if let Some(env) = env
        && let Some(known) = environments::names(server).await?
        && !known.iter().any(|name| name == env)
    {
        return Err(CommandError::UnknownEnvironment { name: env.to_owned(), known });
    }
    let services = server.services().await?.map(|answer| answer.services);
    let known: Option<Vec<String>> =
        services.map(|services| services.into_iter().map(|service| service.name).collect());
    if let Some(known) = known
        && !known.contains(&server.service)
        // One that was never released is not listed, and may have artifacts.
        && server.artifacts(1, None).await?.artifacts.is_empty()
    {
        return Err(CommandError::UnknownService { name: server.service.clone(), known });
    }
    Ok(())
}

/// For an error in which the server may have meant a name it does not know: which one, with the nearest it does know;
/// else the error as it is.
pub(crate) async fn or_unknown(server: &Server, env: Option<&str>, error: CommandError) -> CommandError {
    let about_names = matches!(error.kind(), Kind::NotFound | Kind::Invalid);
    if !about_names || !matches!(&error, CommandError::Server(_)) {
        return error;
    }
    match check(server, env).await {
        Err(better @ (CommandError::UnknownEnvironment { .. } | CommandError::UnknownService { .. })) => {
            better
        }
        // What went wrong while asking is not what the person asked for.
        Ok(()) | Err(_) => error,
    }
}
