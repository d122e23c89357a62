//! What the cluster made of a release, in words.

use api::{Rollout, RolloutFailure, RolloutState};

/// A line that says how it went, then the log lines of what failed; nothing when no daemon has reported on
/// `artifact`.
pub(crate) fn lines(rollout: &Rollout, artifact: &str) -> Vec<String> {
    if !is_about(rollout, artifact) {
        return Vec::new();
    }
    match rollout.state {
        RolloutState::Unknown => Vec::new(),
        RolloutState::Progressing => vec![format!(
            "progressing {}/{}: {}",
            rollout.workloads.len(),
            rollout.expected_workloads,
            workloads(rollout)
        )],
        RolloutState::Ready => vec![format!("ready: {}", workloads(rollout))],
        RolloutState::Failed => rollout
            .failures
            .iter()
            .flat_map(|failure| {
                let first = format!("failed: {}", headline(failure));
                std::iter::once(first).chain(log(failure).map(|line| format!("  {line}")))
            })
            .collect(),
    }
}

/// What failed with its log lines, as part of an error message.
pub(crate) fn reasons(rollout: &Rollout) -> String {
    let mut text = rollout.failures.iter().map(headline).collect::<Vec<_>>().join(", ");
    for line in rollout.failures.iter().flat_map(log) {
        text.push_str("\n  ");
        text.push_str(line);
    }
    if text.is_empty() { "the cluster does not say why".to_owned() } else { text }
}

/// `Deployment web 1/1, StatefulSet db 2/2`.
pub(crate) fn workloads(rollout: &Rollout) -> String {
    let counts = rollout.workloads.iter().map(|workload| {
        format!("{} {} {}/{}", workload.kind, workload.name, workload.available, workload.desired)
    });
    counts.collect::<Vec<_>>().join(", ")
}

/// Whether the report is about this artifact and not one before it.
pub(crate) fn is_about(rollout: &Rollout, artifact: &str) -> bool {
    rollout.artifact_id.is_empty() || rollout.artifact_id == artifact
}

fn headline(failure: &RolloutFailure) -> String {
    match failure.container.as_str() {
        "" => format!("{} in {}", failure.reason, failure.object),
        container => format!("{} in {}/{container}", failure.reason, failure.object),
    }
}

fn log(failure: &RolloutFailure) -> impl Iterator<Item = &str> {
    failure.message.lines().filter(|line| !line.trim().is_empty())
}
