//! What is counted.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::outbox::Depth;

/// The daemon's metrics.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    /// Events that the server has.
    pub delivered: Counter,
    /// Events that the server refused for good.
    pub refused: Counter,
    /// Posts that failed and are tried again.
    pub failed: Counter,
    /// Events that a newer one made worthless before they were sent.
    pub superseded: Counter,
    /// Events lost because the outbox was full.
    pub overflowed: Counter,
    /// Watches that broke and started over.
    pub watch_restarts: Counter,
    pending: Gauge,
    oldest: Gauge<f64, AtomicU64>,
    connected: Gauge,
    link: Mutex<Option<bool>>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("release_daemon");
        let mut counter = |name: &str, help: &str| {
            let counter = Counter::default();
            registry.register(name, help, counter.clone());
            counter
        };
        let delivered = counter("events_delivered", "Events the release manager has taken");
        let refused = counter("events_refused", "Events the release manager refused for good");
        let failed = counter("posts_failed", "Posts that failed and are tried again");
        let superseded = counter("events_superseded", "Unsent events replaced by a newer one");
        let overflowed = counter("events_overflowed", "Events lost because the outbox was full");
        let watch_restarts = counter("watch_restarts", "Watches that broke and started over");
        let (pending, oldest, connected) = (Gauge::default(), Gauge::default(), Gauge::default());
        registry.register("outbox_pending", "Events not yet delivered", pending.clone());
        registry.register(
            "outbox_oldest_timestamp_seconds",
            "When the oldest undelivered event was queued, 0 without one",
            oldest.clone(),
        );
        registry.register(
            "connected",
            "Whether the last post reached the release manager",
            connected.clone(),
        );
        Self {
            registry,
            delivered,
            refused,
            failed,
            superseded,
            overflowed,
            watch_restarts,
            pending,
            oldest,
            connected,
            link: Mutex::new(None),
        }
    }
}

impl Metrics {
    /// Notes whether the server can be reached; true when that is news.
    pub fn set_connected(&self, connected: bool) -> bool {
        self.connected.set(connected.into());
        let mut link = self.link.lock().unwrap_or_else(PoisonError::into_inner);
        link.replace(connected) != Some(connected)
    }

    /// The text that Prometheus reads.
    #[must_use]
    pub fn render(&self, depth: Depth) -> String {
        self.pending.set(i64::try_from(depth.pending).unwrap_or(i64::MAX));
        self.oldest.set(depth.oldest.map_or(0.0, |oldest| oldest.as_duration().as_secs_f64()));
        let mut text = String::new();
        // Writing to a string does not fail.
        let _written = encode(&mut text, &self.registry);
        text
    }
}
