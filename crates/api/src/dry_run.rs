//! What would become of a release, told without doing it. Not in the original.

use serde::{Deserialize, Serialize};

/// The answer to `POST /release/dry-run`, whose body is that of `POST /release`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DryRunResponse {
    /// What would be released.
    pub service: String,
    /// Where to.
    pub environment: String,
    /// Which version.
    pub artifact_id: String,
    /// What the gate would say.
    pub decision: Decision,
    /// The artifact that runs there now; empty when none does.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub running: String,
    /// Everything that stands against it; empty unless it would be refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<DryRunReason>,
    /// The commit of the config repository it was decided on; empty while the repository is.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub commit: String,
}

/// What the gate would say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// It would be written.
    Approved,
    /// This very artifact is there already.
    Unchanged,
    /// It would be refused. Also what an answer that does not say means.
    #[default]
    Denied,
}

/// One rule that says no.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DryRunReason {
    /// What stands against it.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub hint: String,
}
