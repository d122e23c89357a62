//! The words on Slack (spec, sections 9.2 and 9.3), byte for byte those of the original, but for the reason of a failed
//! auto-release. What comes from people and containers is escaped, as Slack asks for, so that no commit message can
//! call a channel.

#[cfg(test)]
mod tests;

use api::{DeployEvent, JobErrorEvent, PodErrorEvent};
use artifact::ArtifactSpec;
use policy::Release;
use serde::{Deserialize, Serialize};

const GREEN: &str = "#73BF69";
const RED: &str = "#F2495C";
const K8S_RED: &str = "#e24d42";

const ROCKET_GOOD: &str = ":rocket: Release Manager :white_check_mark:";
const ROCKET_BAD: &str = ":rocket: Release Manager :no_entry:";

/// One attachment of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Attachment {
    color: String,
    fallback: String,
    title: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    title_link: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    text: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<Field>,
    mrkdwn_in: Vec<String>,
}

/// One field of an attachment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Field {
    title: String,
    value: String,
    short: bool,
}

fn attachment(color: &str, title: impl Into<String>, text: impl Into<String>) -> Attachment {
    Attachment {
        color: color.to_owned(),
        title: title.into(),
        text: text.into(),
        mrkdwn_in: vec!["text".to_owned(), "fields".to_owned()],
        ..Attachment::default()
    }
}

/// For the channel of an environment's releases.
pub(super) fn released(release: &Release, spec: &ArtifactSpec) -> Attachment {
    let application = &spec.application;
    let text = format!(
        "*Author:* {}, *Releaser:* {}\n*Message:* _{}_",
        escaped(&application.author_name),
        escaped(release.actor.name()),
        escaped(&application.message)
    );
    let title = format!("{} ({})", release.service, release.artifact);
    Attachment { title_link: application.url.clone(), ..attachment(GREEN, title, text) }
}

/// For the author of a released commit.
pub(super) fn processed(release: &Release, spec: &ArtifactSpec) -> Attachment {
    let application = &spec.application;
    let text = format!(
        "Release for *{}* in {} processed\n*Message*: {} \n*Commit URL*: {}\n*Artifact ID*: {}",
        release.service,
        release.environment,
        escaped(&application.message),
        application.url,
        release.artifact
    );
    attachment(GREEN, ROCKET_GOOD, text)
}

/// For the author: an auto-release is on its way.
pub(super) fn auto_release_accepted(release: &Release, spec: &ArtifactSpec) -> Attachment {
    let text = format!(
        "Service *{}* will be auto released to *{}*\nArtifact: <{}|*{}*>",
        release.service, release.environment, spec.application.url, release.artifact
    );
    attachment(GREEN, ROCKET_GOOD, text)
}

/// For the author: an auto-release came to nothing. The last line is ours: the original does not say why.
pub(super) fn auto_release_failed(release: &Release, branch: &str, reason: &str) -> Attachment {
    let Release { service, environment, .. } = release;
    let text = format!(
        "Service {service} was not released into {environment} from branch {branch}.\nYou can deploy manually using `hamctl`:\nhamctl release --service {service} --branch {branch} --env {environment}\nError: {reason}"
    );
    attachment(RED, ROCKET_BAD, fenced(&escaped(&text)))
}

/// For the author: the policies of the service cannot be read.
pub(super) fn policies_unread(service: &str, branch: &str) -> Attachment {
    let text = format!("Auto release policy failed for service {service} and {branch}");
    attachment(RED, ROCKET_BAD, fenced(&escaped(&text)))
}

/// For the person who asked: what was accepted cannot be done.
pub(super) fn given_up(release: &Release, branch: &str, namespace: &str, reason: &str) -> Attachment {
    let text = format!(
        "Failed handling event in release manager for:\nEvent: release.artifactId\nService: {}\nEnvironment: {}\nBranch: {}\nNamespace: {namespace}\nError: {}",
        release.service,
        release.environment,
        escaped(branch),
        escaped(reason)
    );
    attachment(RED, ":boom: Release Manager failed :x:", text)
}

/// A workload is up.
pub(super) fn deployed(event: &DeployEvent) -> Attachment {
    let text = format!(
        "{} deployed\n{}/{} pods are running ({})\nArtifact: *{}*",
        escaped(&event.name),
        event.available_pods,
        event.replicas,
        escaped(&event.resource_type),
        escaped(&event.artifact_id)
    );
    attachment(GREEN, kubernetes(&event.environment, "white_check_mark"), text)
}

/// Containers of a pod failed.
pub(super) fn pod_failed(event: &PodErrorEvent) -> Attachment {
    let text =
        format!("Pod Error: {}\nArtifact: *{}*", escaped(&event.pod_name), escaped(&event.artifact_id));
    let fields = event.errors.iter().map(|error| {
        field(format!("Container: {} ({})", escaped(&error.name), escaped(&error.reason)), &error.message)
    });
    let fields = fields.collect();
    Attachment { fields, ..attachment(K8S_RED, kubernetes(&event.environment, "no_entry"), text) }
}

/// A job failed.
pub(super) fn job_failed(event: &JobErrorEvent) -> Attachment {
    let text =
        format!("Job Error: {}\nArtifact: *{}*", escaped(&event.job_name), escaped(&event.artifact_id));
    let fields =
        event.errors.iter().map(|error| field(format!("Reason: {}", escaped(&error.reason)), &error.message));
    let fields = fields.collect();
    Attachment { fields, ..attachment(K8S_RED, kubernetes(&event.environment, "no_entry"), text) }
}

fn kubernetes(environment: &str, sign: &str) -> String {
    format!(":kubernetes: k8s ({}) :{sign}:", escaped(environment))
}

fn field(title: String, message: &str) -> Field {
    Field { title, value: fenced(&escaped(message)), short: false }
}

/// In triple backticks; an empty text stays empty.
fn fenced(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("```{text}```") }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
