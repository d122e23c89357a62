//! Takes items of one kind out of the queue, so many at once, each by a task of its own.

use std::sync::Arc;

use queue::{Queue, QueueError, Taken};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::space::Space;

/// Works until it is told to stop, then ends what is under way. While the disk is full nothing is begun. A task that panics gives its item back.
pub(crate) async fn drain<F, T>(
    (queue, space): (Queue, Arc<Space>),
    kind: &'static str,
    at_once: usize,
    stop: CancellationToken,
    one: F,
) -> Result<(), QueueError>
where
    F: Fn(Taken) -> T + Clone + Send + 'static,
    T: Future<Output = Result<(), QueueError>> + Send + 'static,
{
    let mut under_way = JoinSet::new();
    loop {
        let room = at_once.saturating_sub(under_way.len());
        tokio::select! {
            // Cancel safe: items that are not received go back to the queue.
            taken = queue.take(kind, room), if room > 0 => {
                for taken in taken? {
                    let (space, stop, work) = (space.clone(), stop.clone(), one.clone());
                    under_way.spawn(async move {
                        tokio::select! {
                            // Cancel safe: an item that is not begun goes back to the queue.
                            () = space.there() => work(taken).await,
                            () = stop.cancelled() => Ok(()),
                        }
                    });
                }
            }
            // Cancel safe: a finished task stays in the set until it is joined.
            Some(ended) = under_way.join_next(), if !under_way.is_empty() => {
                if let Ok(Err(error)) = ended {
                    return Err(error);
                }
            }
            () = stop.cancelled() => break,
        }
    }
    while under_way.join_next().await.is_some() {}
    Ok(())
}
