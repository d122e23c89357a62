//! Policies of a service (spec, section 2.7).

use serde::{Deserialize, Serialize};

/// `GET /policies`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PoliciesResponse {
    /// The service.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub service: String,
    /// Branches released by themselves.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub auto_releases: Vec<AutoReleaseBody>,
    /// Environments only some branches may enter; global ones first, without id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub branch_restrictions: Vec<BranchRestrictionBody>,
}

/// An auto-release policy; also the answer to applying one, where `service` is set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AutoReleaseBody {
    /// Its id.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// The service.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub service: String,
    /// The branch.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub branch: String,
    /// Where its artifacts go.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub environment: String,
}

/// A branch restriction; also the answer to applying one, where `service` is set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BranchRestrictionBody {
    /// Its id.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// The service.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub service: String,
    /// The environment it guards.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub environment: String,
    /// The pattern.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub branch_regex: String,
}

/// `PATCH /policies/auto-release`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ApplyAutoReleaseRequest {
    /// The service.
    pub service: String,
    /// The branch.
    pub branch: String,
    /// Where its artifacts go.
    pub environment: String,
    /// The caller's name; used only with a static token.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub committer_name: String,
    /// The caller's address; used only with a static token.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub committer_email: String,
}

/// `PATCH /policies/branch-restriction`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ApplyBranchRestrictionRequest {
    /// The service.
    pub service: String,
    /// The environment it guards.
    pub environment: String,
    /// The pattern.
    pub branch_regex: String,
    /// The caller's name; used only with a static token.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub committer_name: String,
    /// The caller's address; used only with a static token.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub committer_email: String,
}

/// `DELETE /policies`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DeletePoliciesRequest {
    /// The service.
    pub service: String,
    /// Ids of policies of either kind.
    pub policy_ids: Vec<String>,
    /// The caller's name; used only with a static token.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub committer_name: String,
    /// The caller's address; used only with a static token.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub committer_email: String,
}

/// The answer to `DELETE /policies`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeletePoliciesResponse {
    /// The service.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub service: String,
    /// How many were deleted.
    #[serde(skip_serializing_if = "is_zero")]
    pub count: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}
