//! What one object of the cluster says about a release, and nothing else of it.
//!
//! Ten thousand pods pass through here; what stays in memory is an [`Observation`] for as long as one is needed.

mod job;
mod pod;
mod workload;

use std::fmt;

use kube_status::Workload;
use serde_json::Value;

pub use pod::{Failure, Life, PodState};
pub use workload::WorkloadState;

/// The annotation that puts an object under our eyes; it has to be exactly `true`.
const CONTROLLED: &str = "lunarway.com/controlled-by-release-manager";
/// The annotation with the artifact an object was made from.
const ARTIFACT_ID: &str = "lunarway.com/artifact-id";
/// The annotation with the e-mail address of the artifact's author.
const AUTHOR: &str = "lunarway.com/author";

/// The annotation with which the original daemon marked what it had reported.
const OBSERVED: &str = "lunarway.com/observed-artifact-id";

/// The kinds that are watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum Kind {
    /// `apps/v1`.
    Deployment,
    /// `apps/v1`.
    DaemonSet,
    /// `apps/v1`.
    StatefulSet,
    /// `batch/v1`.
    Job,
    /// `v1`.
    Pod,
}

impl Kind {
    /// Every kind. Pods last: a failing pod is told after the workload it belongs to.
    pub const ALL: [Self; 5] = [Self::Deployment, Self::DaemonSet, Self::StatefulSet, Self::Job, Self::Pod];

    /// The name of the kind, as Kubernetes writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deployment => "Deployment",
            Self::DaemonSet => "DaemonSet",
            Self::StatefulSet => "StatefulSet",
            Self::Job => "Job",
            Self::Pod => "Pod",
        }
    }

    /// API group, and the plural in its path.
    #[must_use]
    pub fn resource(self) -> (&'static str, &'static str) {
        match self {
            Self::Deployment => ("apps", "deployments"),
            Self::DaemonSet => ("apps", "daemonsets"),
            Self::StatefulSet => ("apps", "statefulsets"),
            Self::Job => ("batch", "jobs"),
            Self::Pod => ("", "pods"),
        }
    }
}

/// Which object, whatever its incarnation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct ObjectName {
    /// Its kind.
    pub kind: Kind,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

/// `namespace/Kind/name`.
impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.namespace, self.kind.as_str(), self.name)
    }
}

/// Whose change an object carries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The artifact.
    pub artifact_id: String,
    /// The author's e-mail address.
    pub author_email: String,
    /// The squad of the `squad` label; empty without one.
    pub squad: String,
    /// Whether the original daemon has reported this artifact here.
    pub observed: bool,
}

/// An annotated object that is not being deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// This incarnation of the object.
    pub uid: String,
    /// Which object.
    pub object: ObjectName,
    /// Whose change it carries.
    pub origin: Origin,
    /// How it does.
    pub subject: Subject,
}

/// How an object does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A Deployment, DaemonSet or StatefulSet.
    Workload(WorkloadState),
    /// The failed conditions of a job; empty while it runs and when it went well.
    Job(Vec<api::JobError>),
    /// A pod.
    Pod(PodState),
}

/// Reads an object; nothing when it is not annotated as ours, or is on its way out.
#[must_use]
pub fn observe(kind: Kind, object: &Value) -> Option<Observation> {
    let metadata = &object["metadata"];
    let annotation = |key: &str| text(&metadata["annotations"][key]);
    let artifact_id = annotation(ARTIFACT_ID);
    let origin = Origin {
        observed: annotation(OBSERVED) == artifact_id,
        artifact_id,
        author_email: annotation(AUTHOR),
        squad: squad(kind, object),
    };
    let ours =
        annotation(CONTROLLED) == "true" && !origin.artifact_id.is_empty() && !origin.author_email.is_empty();
    if !ours || !metadata["deletionTimestamp"].is_null() {
        return None;
    }
    let name = ObjectName { kind, namespace: text(&metadata["namespace"]), name: text(&metadata["name"]) };
    let subject = match kind {
        Kind::Deployment => Subject::Workload(workload::state(Workload::Deployment, object)),
        Kind::DaemonSet => Subject::Workload(workload::state(Workload::DaemonSet, object)),
        Kind::StatefulSet => Subject::Workload(workload::state(Workload::StatefulSet, object)),
        Kind::Job => Subject::Job(job::failures(object)),
        Kind::Pod => Subject::Pod(pod::state(object, &origin.squad)),
    };
    Some(Observation { uid: text(&metadata["uid"]), object: name, origin, subject })
}

/// The label of the object, else of the pods it makes.
fn squad(kind: Kind, object: &Value) -> String {
    let own = text(&object["metadata"]["labels"]["squad"]).trim().to_owned();
    if !own.is_empty() || kind == Kind::Pod {
        return own;
    }
    text(&object["spec"]["template"]["metadata"]["labels"]["squad"]).trim().to_owned()
}

/// A string field; empty when absent.
fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// A list field; empty when absent.
fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

#[cfg(test)]
mod tests;
