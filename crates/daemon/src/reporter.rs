//! Takes what the watches see through the machine, and puts what is worth telling into the outbox.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use crate::logs;
use crate::metrics::Metrics;
use crate::outbox::{Entry, Outbox, OutboxError};
use crate::report::{Change, Report, Reports, Step};

/// Changes that wait for the reporter, and that it takes at once: as many share one write to the disk. Full, it
/// slows the watches down, and the API server keeps what they have not read.
pub const QUEUE: usize = 256;
/// How long to wait when nothing is due.
const FAR: Duration = Duration::from_secs(3600);

/// The owner of the machine.
#[derive(Debug)]
pub struct Reporter {
    /// The machine.
    pub reports: Reports,
    /// Where events go.
    pub outbox: Arc<Outbox>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
}

impl Reporter {
    /// Reports until told to stop, or until no watch is left. What is not reported then is seen again at the next start.
    ///
    /// # Errors
    /// When the outbox fails.
    pub async fn run(
        mut self,
        client: kube::Client,
        mut changes: mpsc::Receiver<Change>,
        stop: CancellationToken,
    ) -> Result<(), OutboxError> {
        let mut batch = Vec::with_capacity(QUEUE);
        loop {
            let wake = self.wake_at();
            // All arms are cancel safe: they wait for changes, which stay in the channel, or for a time.
            tokio::select! {
                received = changes.recv_many(&mut batch, QUEUE) => if received == 0 { return Ok(()) },
                () = sleep_until(wake) => {}
                () = stop.cancelled() => return Ok(()),
            }
            let mut step = Step::default();
            let now = Timestamp::now();
            batch.drain(..).for_each(|change| self.reports.step(change, now, &mut step));
            self.reports.tick(now, &mut step);
            logs::fetch(&client, &mut step.reports).await;
            self.store(step).await?;
        }
    }

    fn wake_at(&self) -> Instant {
        let wait = self.reports.wake_at().map(|at| at.duration_since(Timestamp::now()));
        let wait = wait.map(|wait| Duration::try_from(wait).unwrap_or_default());
        Instant::now() + wait.unwrap_or(FAR).min(FAR)
    }

    async fn store(&self, step: Step) -> Result<(), OutboxError> {
        if step == Step::default() {
            return Ok(());
        }
        let queued_at = Timestamp::now();
        let entry = |Report { lane, supersedes, event, logs: _ }: Report| {
            debug!("seen: {event}");
            Entry { lane, supersedes, queued_at, event }
        };
        let entries: Vec<Entry> = step.reports.into_iter().map(entry).collect();
        let outbox = Arc::clone(&self.outbox);
        let write = tokio::task::spawn_blocking(move || outbox.commit(&entries, &step.rows));
        let dropped = write.await.map_err(|_| OutboxError::Interrupted)??;
        self.metrics.superseded.inc_by(dropped.superseded as u64);
        self.metrics.overflowed.inc_by(dropped.overflowed as u64);
        if dropped.overflowed > 0 {
            let lost = dropped.overflowed;
            warn!(lost, "the outbox is full: the {lost} oldest events are lost");
        }
        Ok(())
    }
}
