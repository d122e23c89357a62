//! `hamctl services`.

use serde::Serialize;

use crate::error::CommandError;
use crate::output::Output;
use crate::server::Server;

/// The answer for programs.
#[derive(Serialize)]
struct Services {
    services: Vec<String>,
}

pub(crate) async fn list(server: &Server, output: &Output) -> Result<(), CommandError> {
    let services = server.services().await?.ok_or_else(|| server.cannot("list services"))?;
    output.answer(&Services { services }, |answer| {
        answer.services.iter().map(|service| format!("{service}\n")).collect()
    })
}
