//! Requests, as the API server counts them itself.

use std::collections::BTreeMap;

use super::cluster::User;

/// Requests since the start of the API server.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    /// Of a user, by the name of its flow schema: every request, a watch when it starts.
    of_users: BTreeMap<String, u64>,
    /// Of everybody, by verb and resource.
    by_kind: BTreeMap<String, u64>,
}

impl Requests {
    /// Reads the metrics of an API server.
    pub(crate) fn parse(metrics: &str) -> Self {
        let mut requests = Self::default();
        for line in metrics.lines() {
            let Some((name, labels, value)) = sample(line) else { continue };
            let label = |key: &str| label(labels, key).unwrap_or_default();
            match name {
                "apiserver_flowcontrol_dispatched_requests_total" => {
                    *requests.of_users.entry(label("flow_schema").to_owned()).or_default() += value;
                }
                "apiserver_request_total" => {
                    let kind = format!("{} {}", label("verb"), label("resource"));
                    *requests.by_kind.entry(kind).or_default() += value;
                }
                _ => {}
            }
        }
        requests
    }

    /// How many a user has made since `before`.
    pub(crate) fn since(&self, before: &Self, user: User) -> u64 {
        let of = |requests: &Self| requests.of_users.get(user.name()).copied().unwrap_or_default();
        of(self) - of(before)
    }

    /// The most frequent requests of everybody since `before`, for the reader who wonders.
    pub(crate) fn most_frequent_since(&self, before: &Self) -> String {
        let count = |kind: &String| before.by_kind.get(kind).copied().unwrap_or_default();
        let mut kinds: Vec<(u64, &String)> =
            self.by_kind.iter().map(|(kind, value)| (value - count(kind), kind)).collect();
        kinds.sort_by(|a, b| b.cmp(a));
        let shown = kinds.iter().take(12).filter(|(count, _)| *count > 0);
        shown.map(|(count, kind)| format!("{count} {kind}")).collect::<Vec<_>>().join(", ")
    }
}

/// Name, labels and value of a line in the text format of Prometheus.
fn sample(line: &str) -> Option<(&str, &str, u64)> {
    let (name, rest) = line.split_once('{')?;
    let (labels, value) = rest.rsplit_once("} ")?;
    let value: f64 = value.parse().ok()?;
    Some((name, labels, value as u64))
}

fn label<'a>(labels: &'a str, key: &str) -> Option<&'a str> {
    labels.split(',').find_map(|label| label.strip_prefix(key)?.strip_prefix("=\"")?.strip_suffix('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = r#"
# TYPE apiserver_request_total counter
apiserver_request_total{code="200",component="apiserver",resource="configmaps",verb="APPLY"} 3
apiserver_flowcontrol_dispatched_requests_total{flow_schema="release-controller",priority_level="workload-low"} 7
"#;
    const AFTER: &str = r#"
apiserver_request_total{code="200",component="apiserver",resource="configmaps",verb="APPLY"} 4
apiserver_request_total{code="201",component="apiserver",resource="configmaps",verb="APPLY"} 2
apiserver_request_total{code="200",component="apiserver",resource="pods",verb="LIST"} 1.2e+01
apiserver_flowcontrol_dispatched_requests_total{flow_schema="release-controller",priority_level="workload-low"} 9
"#;

    #[test]
    fn requests_are_told_apart_by_user_and_by_kind() {
        let (before, after) = (Requests::parse(BEFORE), Requests::parse(AFTER));
        assert_eq!(after.since(&before, User::Controller), 2);
        assert_eq!(after.since(&before, User::Bare), 0);
        assert_eq!(after.most_frequent_since(&before), "12 LIST pods, 3 APPLY configmaps");
    }
}
