//! What the cluster made of a release. Not in the original.

use artifact::WireTime;
use serde::{Deserialize, Serialize};

/// The last that a daemon reported of an artifact in an environment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Rollout {
    /// How it went.
    pub state: RolloutState,
    /// The artifact the report is about.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub artifact_id: String,
    /// Workloads that are up.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub workloads: Vec<WorkloadCount>,
    /// How many workloads have to come up, by the manifests in Git; 0 when that is not known.
    #[serde(skip_serializing_if = "is_zero")]
    pub expected_workloads: usize,
    /// What failed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<RolloutFailure>,
    /// When the last report came in.
    pub observed_at: WireTime,
}

/// How a rollout went so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RolloutState {
    /// No daemon has reported on it.
    #[default]
    Unknown,
    /// Some of its workloads are up, and not yet all.
    Progressing,
    /// All of its workloads are up.
    Ready,
    /// Something failed and has not come up since.
    Failed,
}

/// Pods of one workload.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WorkloadCount {
    /// The kind, such as `Deployment`.
    pub kind: String,
    /// The name.
    pub name: String,
    /// Pods that are available.
    pub available: i64,
    /// Pods that are wanted.
    pub desired: i64,
}

/// Something that failed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RolloutFailure {
    /// The pod or job.
    pub object: String,
    /// The container, for a pod.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub container: String,
    /// The reason, such as `CrashLoopBackOff`.
    pub reason: String,
    /// The container's last log lines, or what Kubernetes said.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}
