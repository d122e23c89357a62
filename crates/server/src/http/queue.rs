//! What waits and what was given up, for who runs the server, and another try for what was given up.

use api::{QueueItem, QueueItemState, QueueResponse, RetryResponse};
use artifact::WireTime;
use axum::extract::State;
use axum::http::StatusCode;
use explain::Kind;
use jiff::Timestamp;
use queue::{Item, ItemId, State as ItemState};

use super::Failure;
use super::answer::Json;
use super::caller::Hamctl;
use super::path::Path;
use crate::app::App;

pub(crate) async fn list(State(app): State<App>, Hamctl(_): Hamctl) -> Result<Json<QueueResponse>, Failure> {
    let items = app.queue.items().await?.into_iter().map(row).collect();
    Ok(Json::ok(QueueResponse { items }))
}

pub(crate) async fn retry(
    State(app): State<App>,
    Hamctl(_): Hamctl,
    Path(id): Path<u64>,
) -> Result<Json<RetryResponse>, Failure> {
    match app.queue.retry_dead(ItemId::from_number(id)).await? {
        Some(again) => Ok(Json(StatusCode::ACCEPTED, RetryResponse { id: again.number() })),
        None => {
            let hint = "see what was given up: hamctl queue list";
            Err(Failure::new(Kind::NotFound, format!("nothing given up has the number {id}"), hint))
        }
    }
}

fn row(item: Item) -> QueueItem {
    let state = match item.state {
        ItemState::Pending => QueueItemState::Pending,
        ItemState::Taken => QueueItemState::Taken,
        ItemState::Delayed { .. } => QueueItemState::Delayed,
        ItemState::Dead => QueueItemState::Dead,
    };
    QueueItem {
        id: item.id.number(),
        kind: item.kind,
        key: item.key,
        state,
        attempts: item.attempts,
        reason: item.reason,
        accepted_at: Timestamp::try_from(item.accepted).map(WireTime::utc).unwrap_or_default(),
    }
}
