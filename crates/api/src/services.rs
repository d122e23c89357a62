//! The services there are. Not in the original.

use artifact::WireTime;
use serde::{Deserialize, Serialize};

use crate::RolloutState;

/// `GET /services`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ServicesResponse {
    /// By name.
    pub services: Vec<KnownService>,
}

/// One service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KnownService {
    /// Its name.
    pub name: String,
    /// Where it runs, in the order in which a change travels.
    pub environments: Vec<RunningService>,
}

/// What runs of a service in one environment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RunningService {
    /// The environment.
    pub name: String,
    /// The namespace.
    pub namespace: String,
    /// The artifact.
    pub artifact_id: String,
    /// Since when, by the commit.
    pub released_at: WireTime,
    /// Who released it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub released_by_name: String,
    /// Who released it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub released_by_email: String,
    /// The commit in the config repository.
    pub release_commit: String,
    /// What the cluster made of it.
    pub rollout_state: RolloutState,
}
