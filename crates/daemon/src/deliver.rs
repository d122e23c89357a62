//! Empties the outbox: posts what is due, tries again what failed, and ends what is done.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::metrics::Metrics;
use crate::outbox::{Outbox, OutboxError, Pending};
use crate::post::{Outcome, Poster};
use crate::schedule::{Ended, Schedule};
use crate::token::Tokens;

/// How long posts under way may take to end when the daemon stops.
const DRAIN: Duration = Duration::from_secs(5);
/// A wait without an end, for `select!`.
const FAR: Duration = Duration::from_secs(3600);

/// The owner of all deliveries.
#[derive(Debug)]
pub struct Delivery {
    outbox: Arc<Outbox>,
    poster: Poster,
    tokens: Tokens,
    metrics: Arc<Metrics>,
    schedule: Schedule,
    posts: JoinSet<Done>,
}

#[derive(Debug)]
struct Done {
    what: String,
    pending: Pending,
    outcome: Outcome,
}

impl Delivery {
    /// A delivery from this outbox.
    #[must_use]
    pub fn new(outbox: Arc<Outbox>, poster: Poster, tokens: Tokens, metrics: Arc<Metrics>) -> Self {
        Self { outbox, poster, tokens, metrics, schedule: Schedule::default(), posts: JoinSet::new() }
    }

    /// Delivers until told to stop. What is not delivered then stays in the outbox.
    ///
    /// # Errors
    /// When the outbox fails.
    pub async fn run(mut self, stop: CancellationToken) -> Result<(), OutboxError> {
        let mut depth = self.outbox.depth();
        while !stop.is_cancelled() {
            self.start_posts().await?;
            let wake = self.schedule.wake_at(Instant::now()).unwrap_or_else(|| Instant::now() + FAR);
            // All arms are cancel safe: they wait for a change, an ended task, or a time.
            tokio::select! {
                // The outbox lives as long as we do.
                _ = depth.changed() => {}
                Some(done) = self.posts.join_next() => self.end_posts(done.ok()).await?,
                () = sleep_until(wake) => {}
                () = stop.cancelled() => {}
            }
        }
        let deadline = Instant::now() + DRAIN;
        while let Ok(Some(done)) =
            timeout(deadline.duration_since(Instant::now()), self.posts.join_next()).await
        {
            self.end_posts(done.ok()).await?;
        }
        Ok(())
    }

    async fn start_posts(&mut self) -> Result<(), OutboxError> {
        loop {
            let now = Instant::now();
            if !self.schedule.has_room(now) {
                return Ok(());
            }
            let Some(pending) = self.outbox.next(|lane| self.schedule.is_ready(lane, now)) else {
                return Ok(());
            };
            let token = match self.tokens.token().await {
                Ok(token) => token,
                Err(error) => {
                    let reason = explain::Report::new(&error);
                    self.away(&format!("{} ({})", reason.message, reason.hint));
                    self.schedule.hold(None, Instant::now(), chance());
                    return Ok(());
                }
            };
            // Superseded at this very moment: the change of the depth that follows wakes us.
            let Some(entry) = self.outbox.read(pending.key)? else { return Ok(()) };
            self.schedule.start(&pending.lane);
            let poster = self.poster.clone();
            self.posts.spawn(async move {
                let outcome = poster.post(&entry.event, &token).await;
                Done { what: entry.event.to_string(), pending, outcome }
            });
        }
    }

    /// Ends this post, and with it in one transaction all others that have ended.
    async fn end_posts(&mut self, first: Option<Done>) -> Result<(), OutboxError> {
        let mut done: Vec<Done> = first.into_iter().collect();
        while let Some(more) = self.posts.try_join_next() {
            done.extend(more.ok());
        }
        let settled: Vec<(u64, Option<String>)> = done.iter().filter_map(Done::settled).collect();
        if !settled.is_empty() {
            let outbox = Arc::clone(&self.outbox);
            let now = Timestamp::now();
            let write = tokio::task::spawn_blocking(move || outbox.settle(&settled, now));
            write.await.map_err(|_| OutboxError::Interrupted)??;
        }
        for done in done {
            self.end_post(&done);
        }
        Ok(())
    }

    fn end_post(&mut self, done: &Done) {
        let what = &done.what;
        let ended = match &done.outcome {
            Outcome::Delivered => {
                self.back();
                self.metrics.delivered.inc();
                info!("told the release manager: {what}");
                Ended::Settled
            }
            Outcome::Refused(reason) => {
                self.back();
                self.metrics.refused.inc();
                error!(%reason, "the release manager refuses the {what}: it is kept as a dead letter");
                Ended::Settled
            }
            Outcome::EventFailed(reason) => {
                self.back();
                self.metrics.failed.inc();
                warn!(%reason, "the release manager failed at the {what}: it will be tried again");
                Ended::EventFailed
            }
            Outcome::Away { reason, retry_after, bad_token } => {
                self.metrics.failed.inc();
                if *bad_token {
                    self.tokens.forget();
                }
                self.away(reason);
                Ended::ServerAway { retry_after: *retry_after }
            }
        };
        self.schedule.end(&done.pending.lane, ended, Instant::now(), chance());
    }

    /// Says so once.
    fn away(&self, reason: &str) {
        if self.metrics.set_connected(false) {
            let address = self.poster.address();
            warn!(%address, %reason, "the release manager cannot be told anything at present: events are kept");
        }
    }

    fn back(&self) {
        if self.metrics.set_connected(true) {
            let address = self.poster.address();
            info!(%address, "the release manager takes events");
        }
    }
}

impl Done {
    fn settled(&self) -> Option<(u64, Option<String>)> {
        match &self.outcome {
            Outcome::Delivered => Some((self.pending.key, None)),
            Outcome::Refused(reason) => Some((self.pending.key, Some(reason.clone()))),
            Outcome::EventFailed(_) | Outcome::Away { .. } => None,
        }
    }
}

/// A random number from 0 to 1.
fn chance() -> f64 {
    // Every state of the standard library's hasher is seeded at random.
    f64::from(u32::try_from(RandomState::new().hash_one(()) >> 32).unwrap_or_default()) / f64::from(u32::MAX)
}
