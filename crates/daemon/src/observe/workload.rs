//! How a rollout does, and what tells one from the next.

use kube_status::Workload;
use serde_json::Value;

use super::text;

/// How a rollout does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkloadState {
    /// Changes with every change of the pod template, and not with scaling; empty when the cluster does not say.
    pub rollout: String,
    /// All pods are new and up.
    pub complete: bool,
    /// Pods that are up.
    pub available: i64,
    /// Pods that are wanted.
    pub replicas: i64,
}

pub(super) fn state(workload: Workload, object: &Value) -> WorkloadState {
    let Some(rollout) = kube_status::rollout(object) else { return WorkloadState::default() };
    let annotation = |key: &str| text(&object["metadata"]["annotations"][key]);
    let (id, all_made) = match workload {
        Workload::Deployment => (annotation("deployment.kubernetes.io/revision"), true),
        Workload::DaemonSet => (annotation("deprecated.daemonset.template.generation"), true),
        // Pods come one by one: when the first of three is ready, the numbers agree for a moment.
        Workload::StatefulSet => (
            text(&object["status"]["updateRevision"]),
            rollout.replicas == object["spec"]["replicas"].as_i64().unwrap_or(1),
        ),
    };
    WorkloadState {
        rollout: id,
        complete: rollout.successful && all_made,
        available: rollout.available_pods,
        replicas: rollout.replicas,
    }
}
