//! Releases and artifacts in full (spec, section 2.8).

use artifact::{ArtifactSpec, WireTime};
use serde::{Deserialize, Serialize};

use crate::{IntentBody, Rollout, body::artifact_field};

/// `GET /describe/release/{service}/{environment}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DescribeReleaseResponse {
    /// The service.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub service: String,
    /// The environment.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub environment: String,
    /// Newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub releases: Vec<DescribedRelease>,
}

/// One release.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DescribedRelease {
    /// 0 for the current one.
    #[serde(skip_serializing_if = "is_zero")]
    pub release_index: usize,
    /// What was released.
    #[serde(deserialize_with = "artifact_field::deserialize")]
    pub artifact: ArtifactSpec,
    /// When, by the commit.
    pub released_at: WireTime,
    /// By whom.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub released_by_email: String,
    /// By whom.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub released_by_name: String,
    /// Why.
    pub intent: IntentBody,
    /// The commit in the config repository. Not in the original.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub release_commit: String,
    /// The identity the release was accepted under. Not in the original.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// What the cluster made of it; for the current release only. Not in the original.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollout: Option<Rollout>,
}

/// `GET /describe/artifact/{service}` and `GET /describe/latest-artifact/{service}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DescribeArtifactsResponse {
    /// The service.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub service: String,
    /// Newest upload first.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "artifact_field::list")]
    pub artifacts: Vec<ArtifactSpec>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}
