//! The environments there are. Not in the original, whose client knew the order by heart.

use serde::{Deserialize, Serialize};

/// `GET /environments`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EnvironmentsResponse {
    /// In the order in which a change travels.
    pub environments: Vec<KnownEnvironment>,
}

/// One environment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct KnownEnvironment {
    /// Its name.
    pub name: String,
    /// Where a promotion to it comes from: an environment, or the branch a new change starts on.
    pub promotes_from: String,
}
