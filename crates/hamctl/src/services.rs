//! `hamctl services`.

use api::{RolloutState, ServicesResponse};

use crate::error::CommandError;
use crate::output::Output;
use crate::server::Server;
use crate::table::Table;

pub(crate) async fn list(server: &Server, output: &Output) -> Result<(), CommandError> {
    let services = server.services().await?.ok_or_else(|| server.cannot("list services"))?;
    let room = output.terminal.data_width();
    output.answer(&services, |services| text(services, room))
}

fn text(answer: &ServicesResponse, room: Option<usize>) -> String {
    let rows = answer.services.iter().flat_map(|service| {
        service.environments.iter().map(|env| {
            let state = match env.rollout_state {
                RolloutState::Unknown => "",
                RolloutState::Progressing => "progressing",
                RolloutState::Ready => "ready",
                RolloutState::Failed => "failed",
            };
            [service.name.clone(), env.name.clone(), env.artifact_id.clone(), state.to_owned()]
        })
    });
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        return "No services yet\n".to_owned();
    }
    Table { header: ["SERVICE", "ENV", "ARTIFACT", "CLUSTER"], kept: 2, rows }.text(room)
}
