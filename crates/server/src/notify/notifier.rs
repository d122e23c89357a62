//! Who hears of what. Pure: it makes rows for the queue.

use artifact::{ArtifactSpec, Intent};
use policy::Release;
use queue::NewItem;
use serde::Serialize;

use super::github::Tag;
use super::grafana::Annotation;
use super::slack::{Post, To};
use super::slack_text::{self, Attachment};
use super::{GITHUB, GRAFANA, SLACK};
use crate::config::NotifyConfig;
use crate::rollouts::Report;

/// Knows who wants to hear of what.
pub(crate) struct Notifier {
    config: NotifyConfig,
}

impl Notifier {
    pub(crate) fn new(config: NotifyConfig) -> Self {
        Self { config }
    }

    /// A release landed.
    pub(crate) fn after_release(&self, release: &Release, spec: &ArtifactSpec) -> Vec<NewItem> {
        let environment = release.environment.as_str();
        let released = slack_text::released(release, spec);
        let mut rows = vec![self.to_channel(&format!("#releases-{environment}"), released.clone())];
        rows.push(self.to_squad(&spec.squad, environment, released));
        if !self.config.mute_release_processed {
            rows.push(self.to_person(&spec.application.author_email, slack_text::processed(release, spec)));
        }
        let grafana = self.config.grafana.iter().any(|target| target.environment == environment);
        rows.push(grafana.then(|| row(GRAFANA, "", &Annotation::new(release, spec))));
        let github = self.config.github.is_some() && spec.application.provider.eq_ignore_ascii_case("github");
        let tag = Tag::new(release, spec);
        rows.push(github.then(|| row(GITHUB, &tag.key(), &tag)));
        rows.into_iter().flatten().collect()
    }

    /// A release that was accepted cannot be done, and nobody waits for its answer.
    pub(crate) fn release_given_up(
        &self,
        release: &Release,
        spec: Option<&ArtifactSpec>,
        reason: &str,
    ) -> Vec<NewItem> {
        let branch = spec.map_or("", |spec| spec.application.branch.as_str());
        let author = spec.filter(|_| release.intent == Intent::AutoRelease);
        let row = if let Some(spec) = author {
            if self.config.mute_policy {
                return Vec::new();
            }
            let service = release.service.as_str();
            let failed = slack_text::auto_release_failed(service, &release.environment, branch);
            self.to_person(&spec.application.author_email, failed)
        } else {
            let namespace = spec.map_or("", |spec| spec.namespace.as_str());
            let given_up = slack_text::given_up(release, branch, namespace, reason);
            self.to_person(release.actor.email(), given_up)
        };
        row.into_iter().collect()
    }

    /// A policy releases a new artifact.
    pub(crate) fn auto_release_accepted(&self, release: &Release, spec: &ArtifactSpec) -> Option<NewItem> {
        if self.config.mute_policy {
            return None;
        }
        self.to_person(&spec.application.author_email, slack_text::auto_release_accepted(release, spec))
    }

    /// The policies of a new artifact's service cannot be read.
    pub(crate) fn policies_unread(&self, spec: &ArtifactSpec) -> Vec<NewItem> {
        if self.config.mute_policy {
            return Vec::new();
        }
        let text = slack_text::policies_unread(&spec.service, &spec.application.branch);
        self.to_person(&spec.application.author_email, text).into_iter().collect()
    }

    /// A daemon reported.
    pub(crate) fn after_report(&self, report: &Report) -> Vec<NewItem> {
        if self.config.mute_k8s {
            return Vec::new();
        }
        let (text, author, squad, environment) = match report {
            Report::Deploy(event) => {
                (slack_text::deployed(event), &event.author_email, &event.squad, &event.environment)
            }
            Report::PodError(event) => {
                (slack_text::pod_failed(event), &event.author_email, &event.squad, &event.environment)
            }
            Report::JobError(event) => {
                (slack_text::job_failed(event), &event.author_email, &event.squad, &event.environment)
            }
        };
        let alert = match report {
            Report::PodError(event) if !event.alert_squad.trim().is_empty() => {
                self.to_channel(event.alert_squad.trim(), text.clone())
            }
            Report::PodError(_) | Report::Deploy(_) | Report::JobError(_) => None,
        };
        let rows = [self.to_person(author, text.clone()), alert, self.to_squad(squad, environment, text)];
        rows.into_iter().flatten().collect()
    }

    /// The line that tells of a release in the log (spec, section 10.2).
    pub(crate) fn log_release(&self, release: &Release, spec: &ArtifactSpec) {
        let application = &spec.application;
        tracing::info!(
            service = %release.service, environment = %release.environment, namespace = spec.namespace,
            artifact_id = %release.artifact, squad = spec.squad, commit_message = application.message,
            commit_author = application.author_name, commit_author_email = application.author_email,
            commit_comitter = application.committer_name, commit_comitter_email = application.committer_email,
            commit_link = application.url, commit_sha = application.sha, releaser = release.actor.name(),
            r#type = "release",
            "Release [{}]: {} ({}) by {}, author {}",
            release.environment, release.service, release.artifact, release.actor.name(), application.author_name
        );
    }

    fn to_channel(&self, channel: &str, attachment: Attachment) -> Option<NewItem> {
        self.post(To::Channel(channel.to_owned()), attachment)
    }

    /// The channel of a squad's releases; one that is not there is no fault.
    fn to_squad(&self, squad: &str, environment: &str, attachment: Attachment) -> Option<NewItem> {
        let (squad, environment) = (squad.trim(), environment.trim());
        if squad.is_empty() || environment.is_empty() {
            return None;
        }
        self.post(To::MaybeChannel(format!("#squad-{squad}-releases-{environment}")), attachment)
    }

    /// A person, if they are one of us.
    fn to_person(&self, email: &str, attachment: Attachment) -> Option<NewItem> {
        let address = self.config.people.slack_address(email.trim())?;
        self.post(To::Person(address), attachment)
    }

    fn post(&self, to: To, attachment: Attachment) -> Option<NewItem> {
        self.config.slack.as_ref()?;
        // What one recipient reads keeps its order.
        let key = to.key().to_owned();
        Some(row(SLACK, &key, &Post { to, attachment }))
    }
}

fn row<T: Serialize>(kind: &str, key: &str, notice: &T) -> NewItem {
    NewItem {
        kind: kind.to_owned(),
        key: key.to_owned(),
        payload: serde_json::to_vec(notice).expect("a struct of texts can be written as JSON"),
    }
}
