//! What waits and what was given up, for who runs the server, and another try for what was given up.

use axum::extract::State;
use axum::http::StatusCode;
use explain::Kind;
use jiff::Timestamp;
use queue::{Item, ItemId, State as ItemState};
use serde::Serialize;

use super::Failure;
use super::answer::Json;
use super::caller::Hamctl;
use super::path::Path;
use crate::app::App;

/// All work that is not done.
pub(super) const QUEUE: &str = "/queue";

#[derive(Serialize)]
pub(crate) struct Work {
    items: Vec<Row>,
}

/// One item; what exactly it asks for stays inside.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: u64,
    kind: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    key: String,
    /// `pending`, `taken`, `delayed` or `dead`.
    state: &'static str,
    attempts: u32,
    #[serde(skip_serializing_if = "String::is_empty")]
    reason: String,
    accepted_at: String,
}

impl From<Item> for Row {
    fn from(item: Item) -> Self {
        let state = match item.state {
            ItemState::Pending => "pending",
            ItemState::Taken => "taken",
            ItemState::Delayed { .. } => "delayed",
            ItemState::Dead => "dead",
        };
        let accepted_at = Timestamp::try_from(item.accepted).map(|at| at.to_string()).unwrap_or_default();
        Self {
            id: item.id.number(),
            kind: item.kind,
            key: item.key,
            state,
            attempts: item.attempts,
            reason: item.reason,
            accepted_at,
        }
    }
}

pub(crate) async fn list(State(app): State<App>, Hamctl(_): Hamctl) -> Result<Json<Work>, Failure> {
    let items = app.queue.items().await?.into_iter().map(Row::from).collect();
    Ok(Json::ok(Work { items }))
}

pub(crate) async fn retry(
    State(app): State<App>,
    Hamctl(_): Hamctl,
    Path(id): Path<u64>,
) -> Result<StatusCode, Failure> {
    match app.queue.retry_dead(ItemId::from_number(id)).await? {
        Some(_) => Ok(StatusCode::ACCEPTED),
        None => {
            let hint = format!("see what was given up: GET {QUEUE}");
            Err(Failure::new(Kind::NotFound, format!("nothing given up has the number {id}"), hint))
        }
    }
}
