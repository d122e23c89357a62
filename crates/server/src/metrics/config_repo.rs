//! What is counted of the config repository: its writer as it works, its index as it is now.

use std::fmt::Write;

use config_repo::{Observed, PushEnd, Reader};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Seconds. A push to a remote nearby takes tens of milliseconds.
const TIME_BUCKETS: [f64; 12] = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];
/// Requests; the writer puts at most 256 into a batch.
const SIZE_BUCKETS: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct EndLabels {
    outcome: &'static str,
}

/// Counts what the writer tells.
#[derive(Clone, Debug)]
pub(crate) struct WriterMetrics {
    waited: Histogram,
    requests: Histogram,
    pushed: Family<EndLabels, Histogram, fn() -> Histogram>,
    conflicts: Counter,
}

impl WriterMetrics {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            waited: Histogram::new(TIME_BUCKETS),
            requests: Histogram::new(SIZE_BUCKETS),
            pushed: Family::new_with_constructor(|| Histogram::new(TIME_BUCKETS)),
            conflicts: Counter::default(),
        };
        // So that a rate of what has not happened yet is 0, and not unknown.
        for end in PushEnd::ALL {
            drop(metrics.pushed.get_or_create(&EndLabels { outcome: end.as_str() }));
        }
        registry.register(
            "release_manager_config_repo_wait_seconds",
            "From handing a request to the writer to the first push that carries it",
            metrics.waited.clone(),
        );
        registry.register(
            "release_manager_config_repo_batch_requests",
            "Requests that shared a push",
            metrics.requests.clone(),
        );
        registry.register(
            "release_manager_config_repo_push_seconds",
            "How long the Git host took to answer a push",
            metrics.pushed.clone(),
        );
        registry.register(
            "release_manager_config_repo_conflicts",
            "Batches decided and built again because others had pushed first",
            metrics.conflicts.clone(),
        );
        metrics
    }

    pub(crate) fn observe(&self, observed: Observed) {
        match observed {
            Observed::Waited(waited) => self.waited.observe(waited.as_secs_f64()),
            Observed::Pushed { requests, took, end } => {
                // No repository has so many requests at once that a number could not hold them exactly.
                self.requests.observe(f64::from(u32::try_from(requests).unwrap_or(u32::MAX)));
                let labels = EndLabels { outcome: end.as_str() };
                self.pushed.get_or_create(&labels).observe(took.as_secs_f64());
            }
            Observed::Conflict { .. } => {
                self.conflicts.inc();
            }
        }
    }
}

/// What the index is at this moment.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct IndexNow {
    age_seconds: f64,
    bytes: u64,
}

impl From<&Reader> for IndexNow {
    fn from(reader: &Reader) -> Self {
        Self { age_seconds: reader.age().as_secs_f64(), bytes: reader.index_bytes() }
    }
}

/// Writes age and size of the index in OpenMetrics text.
pub(super) fn write(text: &mut String, now: IndexNow) -> std::fmt::Result {
    let name = "release_manager_config_repo_index_age_seconds";
    writeln!(text, "# HELP {name} Since when nobody knows whether the config repository has changed.")?;
    writeln!(text, "# TYPE {name} gauge\n{name} {:.3}", now.age_seconds)?;
    let name = "release_manager_config_repo_index_bytes";
    writeln!(text, "# HELP {name} Size of the index of releases on disk.")?;
    writeln!(text, "# TYPE {name} gauge\n{name} {}", now.bytes)
}
