//! What is counted, as Prometheus reads it.

use std::sync::atomic::AtomicU64;
use std::time::UNIX_EPOCH;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::registry::Registry;
use reconcile::{Snapshot, UnitState};

use crate::git_state::GitState;

/// Everything at one moment: the engine counts, we only spell it out.
#[derive(Debug)]
struct Moment {
    engine: Snapshot,
    git: GitState,
}

impl Collector for Moment {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let totals = self.engine.totals;
        let counters = [
            ("applies", "Objects applied", totals.applies),
            ("repairs", "Objects put back that somebody had changed or deleted", totals.repairs),
            ("deletes", "Objects deleted", totals.deletes),
            ("faults", "Requests that the API server refused or that failed", totals.faults),
            ("throttles", "Times the API server asked for a slower pace", totals.throttles),
            ("git_faults", "Fetches from the Git host that failed", self.git.n_faults),
            ("inventory_writes", "Pages of the inventory written", totals.page_writes),
        ];
        for (name, help, value) in counters {
            let counter = ConstCounter::new(value);
            counter.encode(encoder.encode_descriptor(name, help, None, counter.metric_type())?)?;
        }
        let held = self.engine.held.as_ref().map_or(0, |held| held.n_doomed);
        let asked_at = self.git.asked_at.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        let gauges = [
            ("queued", "Objects that wait for a request", totals.queued as f64),
            ("in_flight", "Requests under way", totals.in_flight as f64),
            ("held_deletes", "Deletes that wait for approval", held as f64),
            ("cluster_connected", "Whether the cluster answers", flag(self.engine.disconnected.is_none())),
            ("git_reachable", "Whether the Git host answered last", flag(self.git.unreachable.is_none())),
            ("git_alarm", "Whether what the Git host shows is not followed", flag(self.git.alarm.is_some())),
            (
                "git_asked_timestamp_seconds",
                "When the Git host last answered, 0 for never",
                asked_at.map_or(0.0, |at| at.as_secs_f64()),
            ),
        ];
        for (name, help, value) in gauges {
            let gauge = ConstGauge::new(value);
            gauge.encode(encoder.encode_descriptor(name, help, None, gauge.metric_type())?)?;
        }
        Ok(())
    }
}

fn flag(value: bool) -> f64 {
    f64::from(u8::from(value))
}

/// The text that Prometheus reads.
#[must_use]
pub fn render(engine: Snapshot, git: GitState) -> String {
    let mut registry = Registry::with_prefix("release_controller");
    for state in UnitState::ALL {
        let gauge = Gauge::<f64, AtomicU64>::default();
        gauge.set(engine.units.iter().filter(|unit| unit.state == state).count() as f64);
        let name = format!("units_{state}");
        registry.register(name, "Units in this state", gauge);
    }
    registry.register_collector(Box::new(Moment { engine, git }));
    let mut text = String::new();
    // Writing to a string does not fail.
    let _written = encode(&mut text, &registry);
    text
}
