//! The environments there are. Not in the original, whose client knew the order by heart.

use serde::{Deserialize, Serialize};

/// `GET /environments`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EnvironmentsResponse {
    /// In the order in which a change travels.
    pub environments: Vec<KnownEnvironment>,
    /// Who may call which part of the server.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub caller_groups: Vec<CallerGroup>,
}

/// One environment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct KnownEnvironment {
    /// Its name.
    pub name: String,
    /// Where a promotion to it comes from: an environment, or the branch a new change starts on.
    pub promotes_from: String,
    /// The branches that may enter; all of them have to match. With `service`, its own restrictions too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub branch_restrictions: Vec<EnvironmentRestriction>,
    /// The group of callers that may release to it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub released_by: String,
}

/// A rule about which branches may enter an environment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EnvironmentRestriction {
    /// The pattern that the artifact's branch has to match.
    pub branch_regex: String,
    /// Whether it holds for every service, given to the server at its start; else it is the service's own policy.
    pub global: bool,
}

/// A group of callers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CallerGroup {
    /// `hamctl`, `artifact` or `daemon`.
    pub name: String,
    /// Whether static tokens open it.
    pub static_tokens: bool,
    /// Whether tokens of the identity provider open it.
    pub provider_tokens: bool,
    /// The scope such a token has to carry; empty when it needs none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub scope: String,
}
