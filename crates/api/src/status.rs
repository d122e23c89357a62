//! What runs where (spec, section 2.6).

use serde::{Deserialize, Serialize};

use crate::Rollout;

/// `GET /status`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct StatusResponse {
    /// Whether no namespace was given.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub default_namespaces: bool,
    /// One item an environment that runs the service.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<EnvironmentStatus>,
}

/// What runs in one environment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EnvironmentStatus {
    /// The environment.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The artifact.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub tag: String,
    /// Who committed what it was built from.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub committer: String,
    /// Who wrote it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub author: String,
    /// The commit message.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// When the build ended, in milliseconds since 1970.
    #[serde(skip_serializing_if = "is_zero")]
    pub date: i64,
    /// The CI job.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub build_url: String,
    /// Vulnerabilities found, high.
    #[serde(skip_serializing_if = "is_zero")]
    pub high_vulnerabilities: i64,
    /// Vulnerabilities found, medium.
    #[serde(skip_serializing_if = "is_zero")]
    pub medium_vulnerabilities: i64,
    /// Vulnerabilities found, low.
    #[serde(skip_serializing_if = "is_zero")]
    pub low_vulnerabilities: i64,
    /// What the cluster made of it. Not in the original.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollout: Option<Rollout>,
    /// Why the environment cannot be read, when it cannot. Not in the original, which fails as a whole.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub problem: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn is_zero(number: &i64) -> bool {
    *number == 0
}
