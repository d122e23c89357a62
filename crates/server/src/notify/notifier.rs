//! Who hears of what: it makes rows for the queue, and does no more.

use api::RolloutState;
use artifact::{ArtifactSpec, Intent};
use jiff::Timestamp;
use policy::Release;
use queue::NewItem;
use serde::Serialize;

use super::event::Event;
use super::github::{Deployment, State, Status, Tag};
use super::grafana::Annotation;
use super::slack::{Post, To};
use super::slack_text::{self, Attachment};
use super::webhook::Delivery;
use super::{Failed, GITHUB, GITHUB_DEPLOYMENT, GITHUB_STATUS, GRAFANA, Landed, Reported, SLACK, WEBHOOK};
use crate::asked::Asked;
use crate::config::{GitHubConfig, NotifyConfig};
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
    pub(crate) fn after_release(&self, landed: Landed<'_>) -> Vec<NewItem> {
        let Landed { release, spec, .. } = landed;
        let environment = release.environment.as_str();
        let released = slack_text::released(release, spec);
        let mut rows = vec![self.to_channel(&format!("#releases-{environment}"), released.clone())];
        rows.push(self.to_squad(&spec.squad, environment, released));
        if !self.config.mute_release_processed {
            rows.push(self.to_person(&spec.application.author_email, slack_text::processed(release, spec)));
        }
        let grafana = self.config.grafana.iter().any(|target| target.environment == environment);
        rows.push(grafana.then(|| row(GRAFANA, "", &Annotation::new(release, spec))));
        let github = self.github(spec);
        let tag = Tag::new(release, spec);
        rows.push(github.map(|_| row(GITHUB, &tag.key(), &tag)));
        rows.extend(github.into_iter().flat_map(|github| landed_at_github(github, landed)).map(Some));
        rows.extend(self.webhooks(|now| Event::landed(&landed, now)).into_iter().map(Some));
        rows.into_iter().flatten().collect()
    }

    /// GitHub, when the artifact was built from a repository there.
    fn github(&self, spec: &ArtifactSpec) -> Option<&GitHubConfig> {
        self.config.github.as_ref().filter(|_| spec.application.provider.eq_ignore_ascii_case("github"))
    }

    /// A release that was accepted cannot be done, and nobody waits for its answer.
    pub(crate) fn release_given_up(&self, failed: Failed<'_>) -> Vec<NewItem> {
        let mut rows = self.webhooks(|now| Event::failed(&failed, now));
        rows.extend(self.given_up_on_slack(failed));
        rows
    }

    fn given_up_on_slack(&self, failed: Failed<'_>) -> Option<NewItem> {
        let Failed { release, spec, reason } = failed;
        let branch = spec.map_or("", |spec| spec.application.branch.as_str());
        // Whoever wants no news of policies hears of what was accepted and failed all the same, as of any release.
        let by_policy = release.intent == Intent::AutoRelease && !self.config.mute_policy;
        if let Some(spec) = spec.filter(|_| by_policy) {
            let text = slack_text::auto_release_failed(release, branch, reason);
            return self.to_person(&spec.application.author_email, text);
        }
        let namespace = spec.map_or("", |spec| spec.namespace.as_str());
        let given_up = slack_text::given_up(release, branch, namespace, reason);
        self.to_person(release.actor.email(), given_up)
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
    pub(crate) fn after_report(&self, reported: &Reported<'_>) -> Vec<NewItem> {
        let mut rows = self.report_on_slack(reported.report);
        let github = reported.spec.as_ref().and_then(|spec| Some((self.github(spec)?, spec)));
        rows.extend(github.into_iter().flat_map(|(github, spec)| reported_at_github(github, spec, reported)));
        rows.extend(self.webhooks(|now| Event::rollout(reported, now)));
        rows
    }

    /// Whether what a report is about has to be looked up.
    pub(crate) fn wants_more_of_reports(&self) -> bool {
        let github = self.config.github.as_ref();
        !self.config.webhooks.is_empty() || github.is_some_and(|github| github.deployments || github.statuses)
    }

    fn report_on_slack(&self, report: &Report) -> Vec<NewItem> {
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

    /// The same event for every receiver, under the same id.
    fn webhooks(&self, event: impl FnOnce(Timestamp) -> Event) -> Vec<NewItem> {
        if self.config.webhooks.is_empty() {
            return Vec::new();
        }
        let body = event(Timestamp::now()).to_json();
        let id = format!("msg_{}", uuid::Uuid::now_v7().simple());
        let delivery = |url: &String| Delivery { url: url.clone(), id: id.clone(), body: body.clone() };
        let deliveries = self.config.webhooks.iter().map(|target| delivery(&target.url));
        deliveries.map(|delivery| row(WEBHOOK, "", &delivery)).collect()
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

/// A notice as it waits, with the request that led to it.
#[derive(Serialize)]
struct Row<'a, T> {
    #[serde(flatten)]
    notice: &'a T,
    #[serde(skip_serializing_if = "Asked::is_nobody")]
    asked: Asked,
}

fn row<T: Serialize>(kind: &str, key: &str, notice: &T) -> NewItem {
    let row = Row { notice, asked: Asked::current() };
    NewItem {
        kind: kind.to_owned(),
        key: key.to_owned(),
        payload: serde_json::to_vec(&row).expect("a struct of texts can be written as JSON"),
    }
}

fn landed_at_github(github: &GitHubConfig, landed: Landed<'_>) -> Vec<NewItem> {
    let Landed { release, spec, .. } = landed;
    let by = release.actor.name();
    let text = format!("{} released to {} by {by}", release.artifact, release.environment);
    let deployment = Deployment {
        repository: spec.application.name.clone(),
        sha: spec.application.sha.clone(),
        environment: release.environment.to_string(),
        service: release.service.to_string(),
        artifact: release.artifact.to_string(),
        release: Some(release.id.to_string()),
        state: State::InProgress,
        text,
    };
    at_github(github, deployment, "success")
}

fn reported_at_github(github: &GitHubConfig, spec: &ArtifactSpec, reported: &Reported<'_>) -> Vec<NewItem> {
    let [environment, _, artifact] = reported.report.place();
    let (state, word, outcome) = match reported.state {
        RolloutState::Ready => (State::Success, "success", "runs"),
        RolloutState::Failed => (State::Failure, "failure", "fails"),
        RolloutState::Unknown | RolloutState::Progressing => return Vec::new(),
    };
    let deployment = Deployment {
        repository: spec.application.name.clone(),
        sha: spec.application.sha.clone(),
        environment: environment.to_owned(),
        service: spec.service.clone(),
        artifact: artifact.to_owned(),
        release: None,
        state,
        text: format!("{artifact} {outcome} in {environment}"),
    };
    at_github(github, deployment, word)
}

/// A deployment and a status, as far as they are asked for.
fn at_github(github: &GitHubConfig, deployment: Deployment, word: &str) -> Vec<NewItem> {
    let status = Status {
        repository: deployment.repository.clone(),
        sha: deployment.sha.clone(),
        environment: deployment.environment.clone(),
        state: word.to_owned(),
        text: deployment.text.clone(),
    };
    let status = github.statuses.then(|| row(GITHUB_STATUS, &status.key(), &status));
    let deployment = github.deployments.then(|| row(GITHUB_DEPLOYMENT, &deployment.key(), &deployment));
    deployment.into_iter().chain(status).collect()
}

#[cfg(test)]
mod tests {
    use artifact::{Person, ReleaseId, Repository};
    use serde_json::Value;

    use super::*;
    use crate::config::People;

    fn notifier(mute_policy: bool) -> Notifier {
        Notifier::new(NotifyConfig {
            slack: Some(("http://slack.test".to_owned(), "token".to_owned().into())),
            people: People::default(),
            mute_k8s: false,
            mute_policy,
            mute_release_processed: false,
            grafana: Vec::new(),
            github: None,
            webhooks: Vec::new(),
        })
    }

    #[test]
    fn a_failed_auto_release_is_told_to_its_author_with_the_reason_whatever_is_muted() {
        let release = Release {
            id: ReleaseId::new(uuid::Uuid::nil()),
            service: "billing".parse().unwrap(),
            environment: "dev".parse().unwrap(),
            artifact: "master-1".parse().unwrap(),
            intent: Intent::AutoRelease,
            actor: Person::new("Bo Lind", "bo@corp.test"),
        };
        let application = Repository { author_email: "bo@corp.test".into(), ..Repository::default() };
        let spec = ArtifactSpec { application, ..ArtifactSpec::default() };
        for mute_policy in [false, true] {
            let notifier = notifier(mute_policy);
            let failed = Failed { release: &release, spec: Some(&spec), reason: "protected <branch>" };
            let [row] = notifier.release_given_up(failed).try_into().expect("one notice");
            assert_eq!((row.kind.as_str(), row.key.as_str()), (SLACK, "bo@corp.test"), "{mute_policy}");
            let row: Value = serde_json::from_slice(&row.payload).unwrap();
            let text = row["attachment"]["text"].as_str().unwrap();
            assert!(text.contains("Error: protected &lt;branch&gt;"), "{mute_policy}: {text}");
            assert_eq!(notifier.auto_release_accepted(&release, &spec).is_none(), mute_policy);
            assert_eq!(notifier.policies_unread(&spec).is_empty(), mute_policy);
        }
    }
}
