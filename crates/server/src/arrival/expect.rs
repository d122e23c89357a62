//! Looks for uploads to an S3 service that tells nobody of them: after an upload address was given out, whether the
//! object is there.

use std::time::{Duration, SystemTime};

use artifact::{ArtifactId, ServiceName};
use queue::{Queue, QueueError, Taken};
use tracing::info_span;

use super::{Arrived, row, rows};
use crate::app::App;

/// The kind of work in the queue.
pub(crate) const EXPECT_ARTIFACT: &str = "expectArtifact";

/// How long an address works, and a little more for the upload itself.
const PATIENCE: Duration = Duration::from_secs(20 * 60);

/// An upload address was given out.
pub(crate) async fn expect(queue: &Queue, service: &ServiceName, id: &ArtifactId) -> Result<(), QueueError> {
    queue.enqueue(row(EXPECT_ARTIFACT, service, id)).await.map(drop)
}

/// Looks once; an upload that never came is no fault of ours and is forgotten.
pub(crate) async fn look(app: App, taken: Taken) -> Result<(), QueueError> {
    let Ok(Arrived { service, artifact_id, asked }) = serde_json::from_slice(&taken.item().payload) else {
        return taken.give_up("it cannot be read".to_owned(), Vec::new()).await.map(drop);
    };
    let span = info_span!("expect", item = taken.item().id.number(), request_id = asked.request_id());
    asked.work(span, looked(app, taken, service, artifact_id)).await
}

async fn looked(
    app: App,
    taken: Taken,
    service: ServiceName,
    artifact_id: ArtifactId,
) -> Result<(), QueueError> {
    match app.store.exists(&service, &artifact_id).await {
        Ok(true) => taken.finish(rows(&app, &service, &artifact_id)).await.map(drop),
        Ok(false) => {
            let waited = SystemTime::now().duration_since(taken.item().accepted).unwrap_or_default();
            if waited < PATIENCE {
                return taken.retry_later("it is not uploaded yet".to_owned()).await;
            }
            tracing::info!(%service, artifact = %artifact_id, "an announced artifact was never uploaded");
            taken.finish(Vec::new()).await.map(drop)
        }
        Err(error) => taken.retry_later(explain::chain(&error).join(": ")).await,
    }
}
