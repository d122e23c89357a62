//! `hamctl queue`: what waits in the server, and what was given up.

use api::{QueueItemState, QueueResponse};
use jiff::Timestamp;

use crate::error::CommandError;
use crate::output::Output;
use crate::relative;
use crate::server::Server;
use crate::table::Table;

pub(crate) async fn list(server: &Server, output: &Output) -> Result<(), CommandError> {
    let answer = server.queue().await?;
    let room = output.terminal.data_width();
    output.answer(&answer, |answer| text(answer, Timestamp::now(), room))
}

pub(crate) async fn retry(server: &Server, id: u64, output: &Output) -> Result<(), CommandError> {
    let answer = server.retry(id).await?;
    output.done(format_args!("{id} is tried again, as number {}", answer.id));
    output.data(&answer)
}

fn text(queue: &QueueResponse, now: Timestamp, room: Option<usize>) -> String {
    if queue.items.is_empty() {
        return "Nothing waits\n".to_owned();
    }
    let rows = queue.items.iter().map(|item| {
        [
            item.id.to_string(),
            item.state.as_str().to_owned(),
            format!("{} {}", item.kind, item.key),
            relative::text(item.accepted_at.instant(), now),
            item.attempts.to_string(),
            item.reason.clone(),
        ]
    });
    let header = ["ID", "STATE", "WHAT", "ACCEPTED", "TRIES", "REASON"];
    let mut text = Table { header, kept: 2, rows: rows.collect() }.text(room);
    if queue.items.iter().any(|item| item.state == QueueItemState::Dead) {
        text.push_str("\nWhat is dead was given up; try it again with: hamctl queue retry ID\n");
    }
    text
}
