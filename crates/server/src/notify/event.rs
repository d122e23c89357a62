//! What an event says, as JSON. The shapes are documented for receivers: fields are added and never change.

use api::{JobErrorEvent, PodErrorEvent, RolloutFailure, WorkloadCount};
use artifact::{ArtifactSpec, Person};
use jiff::Timestamp;
use policy::Release;
use serde::Serialize;

use super::{Failed, Landed, Reported};
use crate::rollouts::Report;

/// One event: `{"type", "timestamp", "data"}`.
#[derive(Serialize)]
pub(super) struct Event {
    #[serde(rename = "type")]
    name: &'static str,
    timestamp: String,
    data: Data,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Data {
    Release(Box<ReleaseData>),
    Rollout(Box<RolloutData>),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReleaseData {
    release_id: String,
    service: String,
    environment: String,
    artifact_id: String,
    intent: &'static str,
    released_by: Who,
    #[serde(skip_serializing_if = "Option::is_none")]
    artifact: Option<ArtifactData>,
    /// The commit of the config repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<String>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactData {
    namespace: String,
    squad: String,
    branch: String,
    sha: String,
    repository: String,
    url: String,
    message: String,
    author: Who,
}

#[derive(Serialize)]
struct Who {
    name: String,
    email: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RolloutData {
    #[serde(skip_serializing_if = "String::is_empty")]
    service: String,
    environment: String,
    namespace: String,
    artifact_id: String,
    squad: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    workload: Option<WorkloadCount>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failures: Vec<RolloutFailure>,
}

impl Event {
    pub(super) fn landed(landed: &Landed<'_>, now: Timestamp) -> Self {
        let data = ReleaseData {
            commit: Some(landed.commit.to_owned()),
            ..ReleaseData::new(landed.release, Some(landed.spec))
        };
        Self::new("release.landed", now, Data::Release(Box::new(data)))
    }

    pub(super) fn failed(failed: &Failed<'_>, now: Timestamp) -> Self {
        let data = ReleaseData {
            reason: Some(failed.reason.to_owned()),
            ..ReleaseData::new(failed.release, failed.spec)
        };
        Self::new("release.failed", now, Data::Release(Box::new(data)))
    }

    pub(super) fn rollout(reported: &Reported<'_>, now: Timestamp) -> Self {
        let Reported { report, service, .. } = reported;
        let [environment, namespace, artifact] = report.place();
        let (name, squad, workload, failures) = match report {
            Report::Deploy(event) => {
                let workload = WorkloadCount {
                    kind: event.resource_type.clone(),
                    name: event.name.clone(),
                    available: event.available_pods,
                    desired: event.replicas,
                };
                ("rollout.succeeded", &event.squad, Some(workload), Vec::new())
            }
            Report::PodError(event) => ("rollout.failed", &event.squad, None, of_pod(event)),
            Report::JobError(event) => ("rollout.failed", &event.squad, None, of_job(event)),
        };
        let data = RolloutData {
            service: service.clone().unwrap_or_default(),
            environment: environment.to_owned(),
            namespace: namespace.to_owned(),
            artifact_id: artifact.to_owned(),
            squad: squad.clone(),
            workload,
            failures,
        };
        Self::new(name, now, Data::Rollout(Box::new(data)))
    }

    /// As it is sent.
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a struct of texts and numbers can be written as JSON")
    }

    fn new(name: &'static str, now: Timestamp, data: Data) -> Self {
        Self { name, timestamp: now.to_string(), data }
    }
}

impl ReleaseData {
    fn new(release: &Release, spec: Option<&ArtifactSpec>) -> Self {
        Self {
            release_id: release.id.to_string(),
            service: release.service.to_string(),
            environment: release.environment.to_string(),
            artifact_id: release.artifact.to_string(),
            intent: release.intent.type_name(),
            released_by: Who::of(&release.actor),
            artifact: spec.map(ArtifactData::of),
            commit: None,
            reason: None,
        }
    }
}

impl ArtifactData {
    fn of(spec: &ArtifactSpec) -> Self {
        let application = &spec.application;
        Self {
            namespace: spec.namespace.clone(),
            squad: spec.squad.clone(),
            branch: application.branch.clone(),
            sha: application.sha.clone(),
            repository: application.name.clone(),
            url: application.url.clone(),
            message: application.message.clone(),
            author: Who::of(&application.author()),
        }
    }
}

impl Who {
    fn of(person: &Person) -> Self {
        Self { name: person.name().to_owned(), email: person.email().to_owned() }
    }
}

fn of_pod(event: &PodErrorEvent) -> Vec<RolloutFailure> {
    let failure = |error: &api::ContainerError| RolloutFailure {
        object: event.pod_name.clone(),
        container: error.name.clone(),
        reason: error.reason.clone(),
        message: error.message.clone(),
    };
    event.errors.iter().map(failure).collect()
}

fn of_job(event: &JobErrorEvent) -> Vec<RolloutFailure> {
    let failure = |error: &api::JobError| RolloutFailure {
        object: event.job_name.clone(),
        container: String::new(),
        reason: error.reason.clone(),
        message: error.message.clone(),
    };
    event.errors.iter().map(failure).collect()
}
