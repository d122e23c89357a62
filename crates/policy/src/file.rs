//! The policies of one service, as `policies/SVC.json` stores them (spec, section 6.1).

use std::borrow::Cow;

use artifact::{BranchName, EnvName, ServiceName};
use explain::{Explain, Kind};
use serde::{Deserialize, Serialize};

/// All policies of a service. The order is the file's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PolicyFile {
    /// The service.
    pub service: ServiceName,
    /// Branches that are released by themselves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub auto_releases: Vec<AutoRelease>,
    /// Environments that only some branches may enter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub branch_restrictions: Vec<BranchRestriction>,
}

/// New artifacts of exactly this branch are released to the environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AutoRelease {
    /// `auto-release-<branch>-<environment>`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// The branch, compared exactly.
    pub branch: BranchName,
    /// Where its artifacts go.
    pub environment: EnvName,
}

/// Only branches that match the pattern may be released to the environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BranchRestriction {
    /// `branch-restriction-<environment>`; empty for a global one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// The pattern: RE2 syntax, found anywhere in the branch's name.
    pub branch_regex: String,
    /// The environment it guards.
    pub environment: EnvName,
}

/// A policy file that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("policies/{service}.json cannot be read")]
pub struct PolicyFileError {
    service: ServiceName,
    source: serde_json::Error,
}

impl Explain for PolicyFileError {
    fn kind(&self) -> Kind {
        Kind::Invalid
    }

    fn next_step(&self) -> Cow<'static, str> {
        format!("correct policies/{}.json in the config repository", self.service).into()
    }
}

impl PolicyFile {
    /// The file of a service without policies.
    #[must_use]
    pub fn empty(service: ServiceName) -> Self {
        Self { service, auto_releases: Vec::new(), branch_restrictions: Vec::new() }
    }

    /// Reads the stored file strictly; an empty one has no policies.
    ///
    /// # Errors
    /// When it is not JSON of this shape, or belongs to another service.
    pub fn decode(service: &ServiceName, bytes: &[u8]) -> Result<Self, PolicyFileError> {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self::empty(service.clone()));
        }
        let failed = |source| PolicyFileError { service: service.clone(), source };
        let file: Self = serde_json::from_slice(bytes).map_err(failed)?;
        if file.service != *service {
            let other = format!("it says it belongs to `{}`", file.service);
            return Err(failed(serde::de::Error::custom(other)));
        }
        Ok(file)
    }

    /// The file's bytes.
    ///
    /// # Errors
    /// Never for values made by this crate; the writer's error is passed on.
    pub fn encode(&self) -> serde_json::Result<Vec<u8>> {
        go_json::to_file(self)
    }

    /// Whether nothing is left in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.auto_releases.is_empty() && self.branch_restrictions.is_empty()
    }

    /// Where new artifacts of a branch go by themselves.
    pub fn auto_release_environments<'a>(&'a self, branch: &'a str) -> impl Iterator<Item = &'a EnvName> {
        self.auto_releases
            .iter()
            .filter(move |policy| policy.branch.as_str() == branch)
            .map(|policy| &policy.environment)
    }
}

impl AutoRelease {
    /// A policy with the id that follows from its parts (spec, section 6.2).
    #[must_use]
    pub fn new(branch: BranchName, environment: EnvName) -> Self {
        Self { id: format!("auto-release-{branch}-{environment}"), branch, environment }
    }
}

impl BranchRestriction {
    /// A restriction with the id that follows from its environment (spec, section 6.2).
    #[must_use]
    pub fn new(branch_regex: String, environment: EnvName) -> Self {
        Self { id: format!("branch-restriction-{environment}"), branch_regex, environment }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"{
  "service": "billing",
  "autoReleases": [
    {
      "id": "auto-release-master-dev",
      "branch": "master",
      "environment": "dev"
    }
  ],
  "branchRestrictions": [
    {
      "id": "branch-restriction-prod",
      "branchRegex": "^master$",
      "environment": "prod"
    }
  ]
}
"#;

    fn service() -> ServiceName {
        "billing".parse().unwrap()
    }

    #[test]
    fn the_file_of_the_original_survives_reading_and_writing() {
        let file = PolicyFile::decode(&service(), FILE.as_bytes()).unwrap();
        assert_eq!(String::from_utf8(file.encode().unwrap()).unwrap(), FILE);
        assert_eq!(
            file.auto_releases[0],
            AutoRelease::new("master".parse().unwrap(), "dev".parse().unwrap())
        );
    }

    #[test]
    fn an_empty_file_has_no_policies_and_a_broken_one_is_an_error() {
        assert!(PolicyFile::decode(&service(), b" \n").unwrap().is_empty());
        for text in [
            "{",
            "[]",
            "{}",
            r#"{"service":"billing","x":1}"#,
            r#"{"service":"other"}"#,
            r#"{"service":"../x"}"#,
            r#"{"Service":"billing"}"#,
            r#"{"service":"billing","service":"billing"}"#,
            r#"{"service":"billing","branchRestrictions":[],"BranchRestrictions":[]}"#,
        ] {
            let error = PolicyFile::decode(&service(), text.as_bytes()).unwrap_err();
            assert_eq!(error.to_string(), "policies/billing.json cannot be read", "{text}");
        }
    }
}
