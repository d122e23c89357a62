//! What Prometheus is told (spec, section 10.1, and what the original did not count).

mod broker;
mod config_repo;
mod process;
mod queue_depth;

use std::fmt::Write;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use queue::Depth;

pub(crate) use self::config_repo::{IndexNow, WriterMetrics};
pub(crate) use broker::{BrokerMetrics, Consumed};

const REQUEST_BUCKETS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
const FLOW_BUCKETS: [f64; 10] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];
const PUSH_BUCKETS: [f64; 10] = [0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0];

/// The content type of what [`Metrics::text`] writes.
pub(crate) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The only operation of `release_manager_flow_duration_seconds`, named by the original.
const FLOW: &str = "ExecReleaseArtifactID";

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    path: String,
    method: String,
    status_code: u16,
}

/// The original's labels without the person's name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct ReleaseLabels {
    pub(crate) environment: String,
    pub(crate) service: String,
    pub(crate) intent: &'static str,
    pub(crate) squad: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct FlowLabels {
    operation: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabels {
    outcome: &'static str,
}

/// A notice, by who is told and how that went.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct NoticeLabels {
    kind: &'static str,
    result: &'static str,
}

/// How telling somebody went, once for each try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    Delivered,
    Later,
    GivenUp,
}

/// Counts what became of notices.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notices(Family<NoticeLabels, Counter>);

impl Notices {
    pub(crate) fn count(&self, kind: &'static str, told: Told) {
        let result = match told {
            Told::Delivered => "delivered",
            Told::Later => "later",
            Told::GivenUp => "given_up",
        };
        self.0.get_or_create(&NoticeLabels { kind, result }).inc();
    }
}

/// How a release went, as far as the metrics tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Success,
    Error,
}

impl Outcome {
    fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Error => "error",
        }
    }
}

/// All metrics of the server.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Histogram, fn() -> Histogram>,
    releases: Family<ReleaseLabels, Counter>,
    flow: Family<FlowLabels, Histogram, fn() -> Histogram>,
    push: Family<OutcomeLabels, Histogram, fn() -> Histogram>,
    pub(crate) broker: BrokerMetrics,
    pub(crate) writer: WriterMetrics,
    retries: Counter,
    refreshed: Gauge,
    refresh_failures: Counter,
    /// What became of notices.
    pub(crate) notices: Notices,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let requests: Family<_, _, fn() -> Histogram> =
            Family::new_with_constructor(|| Histogram::new(REQUEST_BUCKETS));
        let releases = Family::default();
        let flow: Family<_, _, fn() -> Histogram> =
            Family::new_with_constructor(|| Histogram::new(FLOW_BUCKETS));
        let push: Family<_, _, fn() -> Histogram> =
            Family::new_with_constructor(|| Histogram::new(PUSH_BUCKETS));
        let mut registry = Registry::default();
        registry.register("request_duration_seconds", "How long requests took", requests.clone());
        registry.register("release_manager_releases", "Releases that landed", releases.clone());
        registry.register(
            "release_manager_flow_duration_seconds",
            "How long one try of a release took",
            flow.clone(),
        );
        registry.register(
            "release_manager_release_push_duration_seconds",
            "From accepting a release to its commit on the remote",
            push.clone(),
        );
        let broker = BrokerMetrics::register(&mut registry);
        let writer = WriterMetrics::register(&mut registry);
        let retries = Counter::default();
        registry.register(
            "release_manager_release_retries",
            "Tries of releases that come again",
            retries.clone(),
        );
        let refreshed = Gauge::default();
        let help = "When the config repository was last read, in seconds since 1970";
        registry.register("release_manager_config_repo_refreshed_timestamp_seconds", help, refreshed.clone());
        let refresh_failures = Counter::default();
        let help = "Looks at the config repository that failed";
        registry.register("release_manager_config_repo_refresh_failures", help, refresh_failures.clone());
        let notices = Notices::default();
        registry.register("release_manager_notices", "Tries to tell somebody, by result", notices.0.clone());
        Self {
            registry,
            requests,
            releases,
            flow,
            push,
            broker,
            writer,
            retries,
            refreshed,
            refresh_failures,
            notices,
        }
    }

    pub(crate) fn request(&self, path: &str, method: &str, status: u16, took: Duration) {
        let labels = RequestLabels { path: path.to_owned(), method: method.to_owned(), status_code: status };
        self.requests.get_or_create(&labels).observe(took.as_secs_f64());
    }

    /// One try of a release.
    pub(crate) fn tried(&self, outcome: Outcome, took: Duration) {
        let labels = FlowLabels { operation: FLOW, outcome: outcome.as_str() };
        self.flow.get_or_create(&labels).observe(took.as_secs_f64());
    }

    /// A release that has to be tried again.
    pub(crate) fn retried(&self) {
        self.retries.inc();
    }

    /// A look at the config repository.
    pub(crate) fn refreshed(&self, worked: bool) {
        if worked {
            self.refreshed.set(jiff::Timestamp::now().as_second());
        } else {
            self.refresh_failures.inc();
        }
    }

    /// A release that landed, so long after it was accepted.
    pub(crate) fn landed(&self, labels: &ReleaseLabels, since_accepted: Duration) {
        self.releases.get_or_create(labels).inc();
        let outcome = OutcomeLabels { outcome: Outcome::Success.as_str() };
        self.push.get_or_create(&outcome).observe(since_accepted.as_secs_f64());
    }

    /// Everything in OpenMetrics text, with queue and index as they are now.
    pub(crate) fn text(&self, depths: &[Depth], index: IndexNow) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        // The format ends with a mark; what is measured only now goes before it.
        let end = "# EOF\n";
        text.truncate(text.len() - if text.ends_with(end) { end.len() } else { 0 });
        queue_depth::write(&mut text, depths)?;
        config_repo::write(&mut text, index)?;
        process::write(&mut text)?;
        text.write_str(end)?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::broker::Direction;

    /// All metrics, each with a value.
    fn text() -> String {
        let metrics = Metrics::new();
        metrics.request("/status", "GET", 200, Duration::from_millis(3));
        metrics.tried(Outcome::Success, Duration::from_millis(80));
        let labels = ReleaseLabels {
            environment: "dev".into(),
            service: "billing".into(),
            intent: "AutoRelease",
            squad: "ledger".into(),
        };
        metrics.landed(&labels, Duration::from_millis(300));
        metrics.retried();
        metrics.refreshed(true);
        metrics.refreshed(false);
        metrics.notices.count("slack", Told::GivenUp);
        metrics.broker.connected(Direction::Publish, true);
        metrics.broker.published(None);
        metrics.broker.consumed(None, Consumed::Dead);
        metrics.text(&[], IndexNow::default()).unwrap()
    }

    #[test]
    fn names_are_those_of_the_original_and_the_text_ends_once() {
        let text = text();
        for expected in [
            "request_duration_seconds_bucket{le=\"0.005\",path=\"/status\",method=\"GET\",status_code=\"200\"} 1",
            "release_manager_releases_total{environment=\"dev\",service=\"billing\",intent=\"AutoRelease\",squad=\"ledger\"} 1",
            "release_manager_flow_duration_seconds_count{operation=\"ExecReleaseArtifactID\",outcome=\"success\"} 1",
            "release_manager_release_push_duration_seconds_count{outcome=\"success\"} 1",
            "process_resident_memory_bytes",
        ] {
            assert!(text.contains(expected), "{expected} in\n{text}");
        }
        assert_eq!(text.matches("# EOF").count(), 1);
        assert!(text.ends_with("# EOF\n"));
    }

    #[test]
    fn the_book_lists_every_metric_and_no_other() {
        let page = include_str!("../../../docs/release-manager.md");
        let name = |text: &str| {
            let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
            text[..end].trim_end_matches("_total").to_owned()
        };
        let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
        let is_metric = |name: &String| {
            ["release_manager_", "request_", "process_"].iter().any(|prefix| name.starts_with(prefix))
        };
        let mut listed: Vec<String> = rows.map(name).filter(is_metric).collect();
        let text = text();
        let mut exposed: Vec<String> =
            text.lines().filter_map(|line| line.strip_prefix("# TYPE ")).map(name).collect();
        listed.sort();
        exposed.sort();
        assert_eq!(listed, exposed);
    }
}
