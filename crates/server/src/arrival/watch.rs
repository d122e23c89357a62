//! Looks at the repository that CI pushes artifacts to: when the host tells of a push, and now and then.

use std::time::Duration;

use artifact_store::{MovedArtifact, Pushed, Pushes, StoreError};
use explain::Explain;
use queue::{NewItem, QueueError, Taken};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use super::rows;
use crate::app::App;

/// The kind of work in the queue that tells of a branch that was moved.
pub(crate) const MOVED_ARTIFACT: &str = "movedArtifact";

/// Between two looks when nobody tells of pushes.
const LOOK: Duration = Duration::from_secs(60);

/// Which branch was moved, from which commit to which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Moved {
    name: String,
    from: String,
    to: String,
}

/// Looks until it is told to stop. A host that does not answer is asked again: pushes wait there.
pub(crate) async fn watch(app: App, pushes: Pushes, stop: CancellationToken) -> Result<(), QueueError> {
    loop {
        // Cancel safe: what was not acknowledged is told again.
        let looked = tokio::select! {
            looked = pushes.look() => looked,
            () = stop.cancelled() => return Ok(()),
        };
        match looked {
            Ok(pushed) => take_in(&app, &pushes, pushed).await?,
            Err(error) => warn(&error),
        }
        tokio::select! {
            () = app.pushed.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
            () = stop.cancelled() => return Ok(()),
        }
    }
}

fn warn(error: &StoreError) {
    let reason = explain::chain(error).join(": ");
    tracing::warn!(reason, hint = %error.next_step(), "new artifacts are not heard of: will try again");
}

/// Enqueues what is new, then says that it need not be told again.
async fn take_in(app: &App, pushes: &Pushes, pushed: Pushed) -> Result<(), QueueError> {
    let mut rows: Vec<NewItem> =
        pushed.artifacts.iter().flat_map(|(service, id)| self::rows(app, service, id)).collect();
    rows.extend(untold(app, &pushed.moved).await?);
    if !rows.is_empty() {
        app.queue.enqueue_all(rows).await?;
    }
    if let Err(error) = pushes.acknowledge(pushed).await {
        warn(&error);
    }
    Ok(())
}

/// The moved branches that the queue does not tell of already.
async fn untold(app: &App, moved: &[MovedArtifact]) -> Result<Vec<NewItem>, QueueError> {
    if moved.is_empty() {
        return Ok(Vec::new());
    }
    let told = app.queue.items().await?;
    let rows = moved.iter().map(|MovedArtifact { service, id, from, to }| {
        let moved = Moved { name: format!("{service}/{id}"), from: from.clone(), to: to.clone() };
        NewItem {
            kind: MOVED_ARTIFACT.to_owned(),
            key: String::new(),
            payload: serde_json::to_vec(&moved).expect("a struct of texts can be written as JSON"),
        }
    });
    Ok(rows
        .filter(|row| !told.iter().any(|item| item.kind == row.kind && item.payload == row.payload))
        .collect())
}

/// A branch was moved: that is refused, and stays visible until somebody has looked.
pub(crate) async fn refuse(taken: Taken) -> Result<(), QueueError> {
    let Ok(Moved { name, from, to }) = serde_json::from_slice(&taken.item().payload) else {
        return taken.give_up("it cannot be read".to_owned(), Vec::new()).await.map(drop);
    };
    let reason = format!(
        "the branch of artifact {name} was moved from {from} to {to}; the artifact stays what it was: give the new \
         build an id of its own"
    );
    tracing::warn!(reason, "an artifact cannot be replaced");
    taken.give_up(reason, Vec::new()).await.map(drop)
}
