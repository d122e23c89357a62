//! Bodies: what is not known is left out, as in the original.

use api::{DeployEvent, IntentBody, PodErrorEvent};
use artifact::{ArtifactId, ArtifactSpec, ServiceName, WireTime};
use jiff::Timestamp;
use policy::Release;
use serde::{Deserialize, Serialize};

/// `newArtifact`.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct NewArtifactBody {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) service: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) artifact_id: String,
}

/// `release.artifactId`. Keys are read in any case, so the names to read are those that [`api::decode`] makes of them.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ReleaseBody {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) service: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) environment: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    namespace: String,
    #[serde(rename(serialize = "artifactID"), skip_serializing_if = "String::is_empty")]
    pub(super) artifact_id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    branch: String,
    pub(super) actor: ActorBody,
    pub(super) intent: IntentBody,
    pub(super) enqueued_at: WireTime,
    /// Not in the original: the id that a release is to have.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) release_id: String,
}

/// Who asks.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct ActorBody {
    #[serde(rename(serialize = "Email"))]
    pub(super) email: String,
    #[serde(rename(serialize = "Name"))]
    pub(super) name: String,
}

/// `released`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReleasedBody<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    namespace: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    artifact_id: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    author_email: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    author_name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    squad: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    environment: &'a str,
    intent_type: &'a str,
}

/// `releaseSucceeded`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SucceededBody<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    namespace: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    resource_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    available_pods: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    desired_pods: Option<i64>,
    #[serde(skip_serializing_if = "str::is_empty")]
    artifact_id: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    author_email: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    environment: &'a str,
}

/// `releaseFailed`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FailedBody<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    pod_name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    namespace: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<String>,
    #[serde(skip_serializing_if = "str::is_empty")]
    author_email: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    environment: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    artifact_id: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    squad: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    alert_squad: &'a str,
}

/// An artifact was uploaded.
pub(crate) fn new_artifact(service: &ServiceName, id: &ArtifactId) -> String {
    json(&NewArtifactBody { service: service.to_string(), artifact_id: id.to_string() })
}

/// A release was asked for, at that moment.
pub(crate) fn release(release: &Release, spec: &ArtifactSpec, at: Timestamp) -> String {
    json(&ReleaseBody {
        service: release.service.to_string(),
        environment: release.environment.to_string(),
        namespace: namespace(release, spec).to_owned(),
        artifact_id: release.artifact.to_string(),
        branch: spec.application.branch.clone(),
        actor: ActorBody { email: release.actor.email().to_owned(), name: release.actor.name().to_owned() },
        intent: IntentBody::from(&release.intent),
        enqueued_at: WireTime::utc(at),
        release_id: String::new(),
    })
}

/// A release is in the config repository.
pub(crate) fn released(release: &Release, spec: &ArtifactSpec) -> String {
    json(&ReleasedBody {
        name: release.service.as_str(),
        namespace: namespace(release, spec),
        artifact_id: release.artifact.as_str(),
        author_email: &spec.application.author_email,
        author_name: &spec.application.author_name,
        squad: &spec.squad,
        environment: release.environment.as_str(),
        intent_type: release.intent.type_name(),
    })
}

/// A workload came up.
pub(crate) fn succeeded(event: &DeployEvent) -> String {
    let not_zero = |number: i64| Some(number).filter(|number| *number != 0);
    json(&SucceededBody {
        name: &event.name,
        namespace: &event.namespace,
        resource_type: &event.resource_type,
        available_pods: not_zero(event.available_pods),
        desired_pods: not_zero(event.replicas),
        artifact_id: &event.artifact_id,
        author_email: &event.author_email,
        environment: &event.environment,
    })
}

/// A pod failed.
pub(crate) fn failed(event: &PodErrorEvent) -> String {
    let error = |error: &api::ContainerError| {
        format!("pod: {}\n type: {}\n msg: {}\n", error.name, error.reason, error.message)
    };
    json(&FailedBody {
        pod_name: &event.pod_name,
        namespace: &event.namespace,
        errors: event.errors.iter().map(error).collect(),
        author_email: &event.author_email,
        environment: &event.environment,
        artifact_id: &event.artifact_id,
        squad: &event.squad,
        alert_squad: &event.alert_squad,
    })
}

/// Where a release puts its objects: a namespace of the service's own, or the one named as the environment.
fn namespace<'a>(release: &'a Release, spec: &'a ArtifactSpec) -> &'a str {
    if spec.namespace.is_empty() { release.environment.as_str() } else { &spec.namespace }
}

/// JSON with Go's escapes, without the line break of an HTTP body.
fn json<T: Serialize>(body: &T) -> String {
    let line = api::encode(body).expect("a struct of texts and numbers can be written as JSON");
    String::from_utf8(line).expect("JSON is UTF-8").trim_end().to_owned()
}
