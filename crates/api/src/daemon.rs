//! What the daemon reports (spec, section 8.5).

use serde::{Deserialize, Serialize};

/// `POST /webhook/daemon/k8s/deploy`: a rollout succeeded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DeployEvent {
    /// The workload.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Its namespace.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// `Deployment`, `DaemonSet` or `StatefulSet`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub resource_type: String,
    /// Pods that are up.
    pub available_pods: i64,
    /// Pods that are wanted.
    #[serde(skip_serializing_if = "is_zero")]
    pub replicas: i64,
    /// The artifact.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub artifact_id: String,
    /// Who wrote it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub author_email: String,
    /// Who owns it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub squad: String,
    /// Where.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub environment: String,
}

/// `POST /webhook/daemon/k8s/error`: containers of a pod failed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodErrorEvent {
    /// The pod.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub pod_name: String,
    /// Its namespace.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// One item a failed container.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ContainerError>,
    /// Who wrote it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub author_email: String,
    /// Where.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub environment: String,
    /// The artifact.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub artifact_id: String,
    /// Who owns it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub squad: String,
    /// The channel to alert.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub alert_squad: String,
}

/// One failed container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContainerError {
    /// The container.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Its last log lines, or what Kubernetes said.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// The reason, such as `CrashLoopBackOff`.
    #[serde(rename = "type", skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// `POST /webhook/daemon/k8s/joberror`: a job failed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct JobErrorEvent {
    /// The job.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub job_name: String,
    /// Its namespace.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// One item a failed condition.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<JobError>,
    /// Who wrote it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub author_email: String,
    /// Where.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub environment: String,
    /// The artifact.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub artifact_id: String,
    /// Who owns it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub squad: String,
}

/// One failed condition of a job.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct JobError {
    /// The reason, such as `BackoffLimitExceeded`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// What Kubernetes said.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn is_zero(number: &i64) -> bool {
    *number == 0
}
