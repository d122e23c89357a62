//! Takes items of one kind out of the queue, so many at once, each by a task of its own.

use queue::{Queue, QueueError, Taken};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Works until it is told to stop, then ends what is under way. A task that panics gives its item back.
pub(crate) async fn drain<F, T>(
    queue: Queue,
    kind: &'static str,
    at_once: usize,
    stop: CancellationToken,
    one: F,
) -> Result<(), QueueError>
where
    F: Fn(Taken) -> T,
    T: Future<Output = Result<(), QueueError>> + Send + 'static,
{
    let mut under_way = JoinSet::new();
    loop {
        let room = at_once.saturating_sub(under_way.len());
        tokio::select! {
            // Cancel safe: items that are not received go back to the queue.
            taken = queue.take(kind, room), if room > 0 => {
                for taken in taken? {
                    under_way.spawn(one(taken));
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
