//! Takes notices of one kind out of the queue and delivers them.

use std::sync::Arc;

use queue::{Queue, QueueError, Taken};
use tokio_util::sync::CancellationToken;

use super::Deliver;
use super::deliver::Undelivered;
use crate::asked::Asked;
use crate::drain::drain;
use crate::metrics::{Notices, Told};
use crate::space::Space;

/// Delivers until it is told to stop.
pub(crate) async fn work<D: Deliver>(
    queue: (Queue, Arc<Space>),
    kind: &'static str,
    deliver: D,
    notices: Notices,
    stop: CancellationToken,
) -> Result<(), QueueError> {
    let deliver = Arc::new(deliver);
    let one = move |taken: Taken| {
        // The request that led to the notice: lines about it carry its id.
        let asked = Asked::of(&taken.item().payload);
        let item = taken.item().id.number();
        let span = tracing::info_span!("notify", kind, item, request_id = asked.request_id());
        asked.work(span, one(deliver.clone(), notices.clone(), kind, taken))
    };
    drain(queue, kind, D::AT_ONCE, stop, one).await
}

async fn one<D: Deliver>(
    deliver: Arc<D>,
    notices: Notices,
    kind: &'static str,
    taken: Taken,
) -> Result<(), QueueError> {
    match deliver.deliver(&taken.item().payload).await {
        Ok(()) => {
            notices.count(kind, Told::Delivered);
            tracing::debug!("a notice is delivered");
            taken.finish(Vec::new()).await.map(drop)
        }
        Err(Undelivered::Later(reason)) if taken.item().attempts < D::MOST_TRIES => {
            notices.count(kind, Told::Later);
            tracing::debug!(reason, "a notice waits: it will be tried again");
            taken.retry_later(reason).await
        }
        Err(Undelivered::Later(reason) | Undelivered::Never(reason)) => {
            notices.count(kind, Told::GivenUp);
            tracing::warn!(reason, "a notice cannot be delivered; it is kept as dead");
            taken.give_up(reason, Vec::new()).await.map(drop)
        }
    }
}
