//! Looks for uploads: after an upload address was given out or an upload has begun, whether the artifact is there. What
//! S3 holds of it is taken in by that look.

use std::time::{Duration, SystemTime};

use artifact::{ArtifactId, ServiceName};
use artifact_store::StoreError;
use explain::{Explain, Kind};
use queue::{NewItem, Queue, QueueError, Taken};
use serde::{Deserialize, Serialize};
use tracing::info_span;

use super::rows;
use crate::app::App;
use crate::asked::Asked;

/// The kind of work in the queue.
pub(crate) const EXPECT_ARTIFACT: &str = "expectArtifact";

/// How long an address works, and a little more for the upload itself.
const PATIENCE: Duration = Duration::from_secs(20 * 60);

/// Which artifact is expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Expected {
    service: ServiceName,
    artifact_id: ArtifactId,
    /// Whether nobody else tells when it is there.
    #[serde(default = "alone")]
    announce: bool,
    /// For whose request it is done.
    #[serde(default, skip_serializing_if = "Asked::is_nobody")]
    asked: Asked,
}

fn alone() -> bool {
    true
}

/// An artifact is to come. Where nobody else tells that it is there, it is announced then.
pub(super) fn expected(service: &ServiceName, id: &ArtifactId, announce: bool) -> NewItem {
    let expected =
        Expected { service: service.clone(), artifact_id: id.clone(), announce, asked: Asked::current() };
    NewItem {
        kind: EXPECT_ARTIFACT.to_owned(),
        key: String::new(),
        payload: serde_json::to_vec(&expected).expect("a struct of texts can be written as JSON"),
    }
}

/// An upload is to come. When this returns, that is in the queue.
pub(crate) async fn expect(
    queue: &Queue,
    service: &ServiceName,
    id: &ArtifactId,
    announce: bool,
) -> Result<(), QueueError> {
    queue.enqueue(expected(service, id, announce)).await.map(drop)
}

/// Looks once; an upload that never came is no fault of ours and is forgotten.
pub(crate) async fn look(app: App, taken: Taken) -> Result<(), QueueError> {
    let Ok(expected) = serde_json::from_slice::<Expected>(&taken.item().payload) else {
        return taken.give_up("it cannot be read".to_owned(), Vec::new()).await.map(drop);
    };
    let asked = expected.asked.clone();
    let span = info_span!("expect", item = taken.item().id.number(), request_id = asked.request_id());
    asked.work(span, looked(app, taken, expected)).await
}

async fn looked(app: App, taken: Taken, expected: Expected) -> Result<(), QueueError> {
    let Expected { service, artifact_id, announce, .. } = expected;
    match app.store.exists(&service, &artifact_id).await {
        Ok(true) => {
            let rows = if announce { rows(&app, &service, &artifact_id) } else { Vec::new() };
            taken.finish(rows).await.map(drop)
        }
        Ok(false) => {
            let waited = SystemTime::now().duration_since(taken.item().accepted).unwrap_or_default();
            if waited < PATIENCE {
                return taken.retry_later("it is not uploaded yet".to_owned()).await;
            }
            tracing::info!(%service, artifact = %artifact_id, "an announced artifact was never uploaded");
            taken.finish(Vec::new()).await.map(drop)
        }
        Err(error) if error.kind() == Kind::Invalid => {
            refused(&app, taken, &service, &artifact_id, &error).await
        }
        Err(error) => taken.retry_later(explain::chain(&error).join(": ")).await,
    }
}

/// What was uploaded is no artifact: it makes room for another try, and the reason stays visible.
async fn refused(
    app: &App,
    taken: Taken,
    service: &ServiceName,
    id: &ArtifactId,
    error: &StoreError,
) -> Result<(), QueueError> {
    let reason = explain::chain(error).join(": ");
    if let Err(error) = app.store.discard(service, id).await {
        return taken.retry_later(explain::chain(&error).join(": ")).await;
    }
    tracing::warn!(%service, artifact = %id, reason, "an upload is refused");
    taken.give_up(reason, Vec::new()).await.map(drop)
}
