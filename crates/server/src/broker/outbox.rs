//! What the exchange is told: rows for the queue, made where the work is accepted or finished. Nothing without a broker.

use std::time::SystemTime;

use artifact::{ArtifactId, ArtifactSpec, ServiceName};
use jiff::Timestamp;
use policy::Release;
use queue::NewItem;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::EVENT;
use super::messages::{self, MessageType, id_of};
use crate::asked::Asked;
use crate::rollouts::Report;

/// A message that is to be published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Event {
    pub(super) kind: String,
    pub(super) message_id: Uuid,
    /// Seconds since 1970.
    pub(super) timestamp: u64,
    /// The id of the HTTP request it comes from; empty when there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) correlation_id: String,
    pub(super) body: String,
}

impl Event {
    fn new(kind: MessageType, message_id: Uuid, body: String) -> Self {
        let correlation_id = Asked::current().request_id().to_owned();
        let timestamp = Timestamp::now().as_second().try_into().unwrap_or_default();
        Self { kind: kind.as_str().to_owned(), message_id, timestamp, correlation_id, body }
    }

    fn row(&self) -> NewItem {
        NewItem {
            kind: EVENT.to_owned(),
            // They are published in the order of their numbers.
            key: String::new(),
            payload: serde_json::to_vec(self).expect("a struct of texts and numbers can be written as JSON"),
        }
    }
}

/// Knows whether anybody wants to be told.
pub(crate) struct Outbox {
    on: bool,
}

impl Outbox {
    pub(crate) fn new(on: bool) -> Self {
        Self { on }
    }

    /// An artifact was uploaded.
    pub(crate) fn new_artifact(&self, service: &ServiceName, id: &ArtifactId) -> Option<NewItem> {
        let kind = MessageType::NewArtifact;
        let message_id =
            id_of(&[kind.as_str().as_bytes(), service.as_str().as_bytes(), id.as_str().as_bytes()]);
        self.row(|| Event::new(kind, message_id, messages::new_artifact(service, id)))
    }

    /// A release is on the remote: what was asked for, unless its message came from there, and that it is done.
    ///
    /// The request is told of only now. A server of the original on the same queue would do what it says without
    /// asking any rule, so nothing may say it before the gate has agreed.
    pub(crate) fn released(
        &self,
        release: &Release,
        spec: &ArtifactSpec,
        is_told: bool,
        accepted: SystemTime,
    ) -> Vec<NewItem> {
        let event = |kind: MessageType, body: String| {
            // A release that lands again after a crash is told of again, under the same id.
            let message_id = id_of(&[kind.as_str().as_bytes(), release.id.as_bytes()]);
            Event::new(kind, message_id, body)
        };
        let at = Timestamp::try_from(accepted).unwrap_or_default();
        let asked = self
            .row(|| event(MessageType::ReleaseArtifact, messages::release(release, spec, at)))
            .filter(|_| !is_told);
        let done = self.row(|| event(MessageType::Released, messages::released(release, spec)));
        asked.into_iter().chain(done).collect()
    }

    /// A daemon reported, under that id of ours; of failed jobs the original tells nobody.
    pub(crate) fn reported(&self, report: &Report, id: Uuid) -> Option<NewItem> {
        let (kind, body) = match report {
            Report::Deploy(event) => (MessageType::ReleaseSucceeded, messages::succeeded(event)),
            Report::PodError(event) => (MessageType::ReleaseFailed, messages::failed(event)),
            Report::JobError(_) => return None,
        };
        // The same report may come again much later, and is then another event.
        self.row(|| Event::new(kind, id, body))
    }

    fn row(&self, event: impl FnOnce() -> Event) -> Option<NewItem> {
        self.on.then(|| event().row())
    }
}

#[cfg(test)]
mod tests {
    use artifact::{Intent, Person, ReleaseId};

    use super::*;

    fn told(is_told: bool) -> Vec<Event> {
        let release = Release {
            id: ReleaseId::new(Uuid::from_u128(1)),
            service: "billing".parse().unwrap(),
            environment: "dev".parse().unwrap(),
            artifact: "master-1".parse().unwrap(),
            intent: Intent::ReleaseArtifact,
            actor: Person::new("Ida", "ida@corp.test"),
        };
        let rows =
            Outbox::new(true).released(&release, &ArtifactSpec::default(), is_told, SystemTime::UNIX_EPOCH);
        rows.iter().map(|row| serde_json::from_slice(&row.payload).unwrap()).collect()
    }

    #[test]
    fn a_release_is_told_of_in_order_and_under_the_same_ids_again() {
        let kinds: Vec<String> = told(false).into_iter().map(|event| event.kind).collect();
        assert_eq!(kinds, ["release.artifactId", "released"]);
        let ids = |events: Vec<Event>| events.into_iter().map(|event| event.message_id).collect::<Vec<_>>();
        assert_eq!(ids(told(false)), ids(told(false)));
        assert_ne!(told(false)[0].message_id, told(false)[1].message_id);
    }

    #[test]
    fn what_came_from_the_broker_is_not_asked_for_twice() {
        let events = told(true);
        let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
        assert_eq!(kinds, ["released"]);
    }

    #[test]
    fn without_a_broker_nobody_is_told() {
        let (service, id) = ("billing".parse().unwrap(), "a-1".parse().unwrap());
        assert_eq!(Outbox::new(false).new_artifact(&service, &id), None);
        let first = Outbox::new(true).new_artifact(&service, &id).unwrap();
        assert_eq!((first.kind.as_str(), first.key.as_str()), ("amqp", ""));
    }
}
