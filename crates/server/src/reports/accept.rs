//! From a daemon's request to an accepted report.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use queue::QueueError;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::ReportItem;
use crate::app::App;
use crate::rollouts::Report;

/// Who waits until which report is taken in.
#[derive(Debug, Default)]
pub(crate) struct Accepted(Mutex<HashMap<Uuid, oneshot::Sender<()>>>);

impl Accepted {
    fn wait(&self, id: Uuid) -> (Guard<'_>, oneshot::Receiver<()>) {
        let (sender, taken_in) = oneshot::channel();
        self.lock().insert(id, sender);
        (Guard { accepted: self, id }, taken_in)
    }

    /// Says that a report is taken in.
    pub(super) fn tell(&self, id: Uuid) {
        if let Some(waiting) = self.lock().remove(&id) {
            // An error says that nobody waits any more.
            let _ = waiting.send(());
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, oneshot::Sender<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forgets who waits, when it goes away.
struct Guard<'a> {
    accepted: &'a Accepted,
    id: Uuid,
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.accepted.lock().remove(&self.id);
    }
}

/// Accepts a report durably. Where it can be taken in soon, that is waited for, so that who asks after the answer
/// sees it.
pub(crate) async fn accept(app: &App, report: Report) -> Result<(), QueueError> {
    let item = ReportItem::new(report);
    // Before the item is in the queue, so that no worker can be faster.
    let (_guard, taken_in) = app.accepted_reports.wait(item.id);
    app.queue.enqueue(item.row()).await?;
    // Late or not, it is in the queue, and will be taken in.
    drop(tokio::time::timeout(app.timeout / 2, taken_in).await);
    Ok(())
}
