//! What became of releases. Not in the original, whose answer ends at "queued".

use artifact::WireTime;
use serde::{Deserialize, Serialize};

use crate::{IntentBody, Rollout};

/// `GET /releases/{id}`, a row of `GET /releases`, and what the event `release` carries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct KnownRelease {
    /// The identity it was accepted under; releases of the original have none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// What was released.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub service: String,
    /// Where to.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub environment: String,
    /// Which version.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub artifact_id: String,
    /// The message of the commit it was built from; in rows of `GET /releases` alone.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// How it stands.
    pub state: ReleaseState,
    /// Why it is not in Git yet, or never will be.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// The next step, where there is one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub hint: String,
    /// The commit on the remote, once landed.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub commit: String,
    /// Who asked for it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub released_by_name: String,
    /// Who asked for it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub released_by_email: String,
    /// Why.
    pub intent: IntentBody,
    /// When it was accepted, while it waits.
    #[serde(skip_serializing_if = "WireTime::is_zero")]
    pub accepted_at: WireTime,
    /// When its commit was made, once landed.
    #[serde(skip_serializing_if = "WireTime::is_zero")]
    pub landed_at: WireTime,
    /// How often it was tried, while it waits.
    #[serde(skip_serializing_if = "is_zero")]
    pub attempts: u32,
    /// Its number in the queue, for `POST /queue/{id}/retry`, while it waits or is dead.
    #[serde(skip_serializing_if = "is_zero_number")]
    pub queue_item: u64,
    /// What the cluster made of it, if it is what runs there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollout: Option<Rollout>,
}

/// How it stands with a release.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReleaseState {
    /// Accepted: it will be in Git, or have a reason why not.
    #[default]
    Pending,
    /// Its commit is on the remote.
    Landed,
    /// The artifact was there already; there was nothing to write.
    Unchanged,
    /// A rule said no.
    Denied,
    /// It could not be done, and its caller was told.
    Failed,
    /// It could not be done, and nobody waited to be told. It is kept in the queue, and may be tried again.
    Dead,
}

impl ReleaseState {
    /// Whether nothing more will come of it by itself.
    #[must_use]
    pub fn is_final(self) -> bool {
        self != Self::Pending
    }

    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Landed => "landed",
            Self::Unchanged => "unchanged",
            Self::Denied => "denied",
            Self::Failed => "failed",
            Self::Dead => "dead",
        }
    }
}

/// `GET /releases?service=&environment=&limit=`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReleasesResponse {
    /// The service.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub service: String,
    /// What has landed, newest first.
    pub releases: Vec<KnownRelease>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn is_zero_number(number: &u64) -> bool {
    *number == 0
}
