//! A release as it waits in the queue.

use api::IntentBody;
use artifact::{ArtifactId, EnvName, Intent, Person, ReleaseId, ServiceName};
use policy::Release;
use queue::NewItem;
use serde::{Deserialize, Serialize};

use crate::asked::Asked;

/// The kind of work in the queue.
pub(crate) const RELEASE: &str = "release";

/// A release request, by its words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReleaseItem {
    id: ReleaseId,
    service: ServiceName,
    environment: EnvName,
    artifact_id: ArtifactId,
    intent: IntentBody,
    actor_name: String,
    actor_email: String,
    /// For whose request it is done.
    #[serde(default, skip_serializing_if = "Asked::is_nobody")]
    asked: Asked,
    /// Whether others have heard the request: it came from the broker.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_told: bool,
}

/// A row of the queue that is no release request.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ItemError {
    #[error("it cannot be read")]
    NotParsable(#[source] serde_json::Error),
    #[error("its intent cannot be read")]
    Intent(#[source] api::IntentError),
}

impl From<&Release> for ReleaseItem {
    fn from(release: &Release) -> Self {
        Self {
            id: release.id,
            service: release.service.clone(),
            environment: release.environment.clone(),
            artifact_id: release.artifact.clone(),
            intent: IntentBody::from(&release.intent),
            actor_name: release.actor.name().to_owned(),
            actor_email: release.actor.email().to_owned(),
            asked: Asked::current(),
            is_told: false,
        }
    }
}

impl ReleaseItem {
    /// A request that came from the broker.
    pub(crate) fn from_broker(release: &Release) -> Self {
        Self { is_told: true, ..Self::from(release) }
    }

    /// Whether others have heard the request of a row.
    pub(crate) fn is_told(payload: &[u8]) -> bool {
        serde_json::from_slice(payload).is_ok_and(|item: Self| item.is_told)
    }

    /// The row of the queue. Releases of one service to one environment keep their order.
    pub(crate) fn row(&self) -> NewItem {
        NewItem {
            kind: RELEASE.to_owned(),
            key: format!("{}/{}", self.environment, self.service),
            payload: serde_json::to_vec(self).expect("a struct of texts can be written as JSON"),
        }
    }

    /// The release a row asks for.
    pub(crate) fn read(payload: &[u8]) -> Result<Release, ItemError> {
        let item: Self = serde_json::from_slice(payload).map_err(ItemError::NotParsable)?;
        Ok(Release {
            id: item.id,
            service: item.service,
            environment: item.environment,
            artifact: item.artifact_id,
            intent: Intent::try_from(&item.intent).map_err(ItemError::Intent)?,
            actor: Person::new(&item.actor_name, &item.actor_email),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_survives_the_queue() {
        let release = Release {
            id: ReleaseId::new(uuid::Uuid::now_v7()),
            service: "billing".parse().unwrap(),
            environment: "prod".parse().unwrap(),
            artifact: "master-1".parse().unwrap(),
            intent: Intent::Promote { from: "dev".parse().unwrap() },
            actor: Person::new("Ida", "ida@corp.test"),
        };
        let row = ReleaseItem::from(&release).row();
        assert_eq!(row.key, "prod/billing");
        assert_eq!(ReleaseItem::read(&row.payload).unwrap(), release);
    }
}
