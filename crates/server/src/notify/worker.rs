//! Takes notices of one kind out of the queue and delivers them.

use std::sync::Arc;

use queue::{Queue, QueueError, Taken};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::Deliver;
use super::deliver::Undelivered;
use crate::drain::drain;
use crate::metrics::{Notices, Told};

/// Delivers until it is told to stop.
pub(crate) async fn work<D: Deliver>(
    queue: Queue,
    kind: &'static str,
    deliver: D,
    notices: Notices,
    stop: CancellationToken,
) -> Result<(), QueueError> {
    let deliver = Arc::new(deliver);
    drain(queue, kind, D::AT_ONCE, stop, move |taken| one(deliver.clone(), notices.clone(), kind, taken))
        .await
}

async fn one<D: Deliver>(
    deliver: Arc<D>,
    notices: Notices,
    kind: &'static str,
    taken: Taken,
) -> Result<(), QueueError> {
    let span = tracing::info_span!("notify", kind);
    match deliver.deliver(&taken.item().payload).instrument(span).await {
        Ok(()) => {
            notices.count(kind, Told::Delivered);
            taken.finish(Vec::new()).await.map(drop)
        }
        Err(Undelivered::Later(reason)) if taken.item().attempts < D::MOST_TRIES => {
            notices.count(kind, Told::Later);
            taken.retry_later(reason).await
        }
        Err(Undelivered::Later(reason) | Undelivered::Never(reason)) => {
            notices.count(kind, Told::GivenUp);
            tracing::warn!(kind, reason, "a notice cannot be delivered; it is kept as dead");
            taken.give_up(reason, Vec::new()).await.map(drop)
        }
    }
}
