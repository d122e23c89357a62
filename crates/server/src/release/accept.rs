//! From a request to an accepted release, and its answer.

use std::sync::Arc;
use std::time::Duration;

use artifact_store::Artifact;
use policy::Release;
use queue::QueueError;
use tracing::{Instrument, info_span};

use super::ReleaseItem;
use super::settle::Ending;
use crate::app::App;

/// What the caller hears.
pub(crate) type Answer = Ending;

/// The share of a request's time that may be spent waiting for the push; the rest is for reading and answering.
const PATIENCE: f64 = 0.75;

/// Accepts a release durably, and waits for what becomes of it as long as a request may.
pub(crate) async fn accept(
    app: &App,
    release: &Release,
    artifact: Arc<Artifact>,
) -> Result<Answer, QueueError> {
    // Before the item is in the queue, so that no worker can be faster than the caller is known.
    let (_guard, ending) = app.waiting.wait(release.id, artifact);
    app.queue.enqueue(ReleaseItem::from(release).row()).instrument(info_span!("accept")).await?;
    let patience: Duration = app.timeout.mul_f64(PATIENCE);
    match tokio::time::timeout(patience, ending).await {
        Ok(Ok(ending)) => Ok(ending),
        // The worker went away without an answer, or takes too long: the item is in the queue, and will be done.
        Ok(Err(_)) | Err(_) => {
            Ok(Ending::Pending { reason: "the config repository has not answered yet".to_owned() })
        }
    }
}
