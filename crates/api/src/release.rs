//! Asking for a release (spec, section 2.5).

use artifact::Intent;
use serde::{Deserialize, Serialize};

/// `POST /release`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ReleaseRequest {
    /// What to release.
    pub service: String,
    /// Where to.
    pub environment: String,
    /// Which version.
    pub artifact_id: String,
    /// The caller's name; used only with a static token.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub committer_name: String,
    /// The caller's address; used only with a static token.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub committer_email: String,
    /// Why.
    pub intent: IntentBody,
}

/// Why something is released; the three objects are always there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct IntentBody {
    /// The intent's name.
    #[serde(rename = "type", skip_serializing_if = "String::is_empty")]
    pub type_name: String,
    /// With `ReleaseBranch`.
    pub release_branch: ReleaseBranchBody,
    /// With `Promote`.
    pub promote: PromoteBody,
    /// With `Rollback`.
    pub rollback: RollbackBody,
}

/// The branch of a `ReleaseBranch`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReleaseBranchBody {
    /// The branch.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub branch: String,
}

/// The source of a `Promote`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PromoteBody {
    /// The environment, or `master` for the newest artifact of that branch.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub from_environment: String,
}

/// What a `Rollback` replaces.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RollbackBody {
    /// The artifact that ran until now.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub previous_artifact_id: String,
}

/// An intent that says nothing we know, or not all of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("intent `{type_name}` is not valid: {problem}")]
pub struct IntentError {
    type_name: String,
    problem: String,
}

impl From<&Intent> for IntentBody {
    fn from(intent: &Intent) -> Self {
        let mut body = Self { type_name: intent.type_name().to_owned(), ..Self::default() };
        match intent {
            Intent::ReleaseArtifact | Intent::AutoRelease => {}
            Intent::ReleaseBranch { branch } => body.release_branch.branch = branch.to_string(),
            Intent::Promote { from } => body.promote.from_environment = from.to_string(),
            Intent::Rollback { previous } => body.rollback.previous_artifact_id = previous.to_string(),
        }
        body
    }
}

impl TryFrom<&IntentBody> for Intent {
    type Error = IntentError;

    fn try_from(body: &IntentBody) -> Result<Self, IntentError> {
        let problem = |problem: String| IntentError { type_name: body.type_name.clone(), problem };
        match body.type_name.trim() {
            "ReleaseArtifact" => Ok(Self::ReleaseArtifact),
            "AutoRelease" => Ok(Self::AutoRelease),
            "ReleaseBranch" => {
                let branch =
                    body.release_branch.branch.parse().map_err(|error| problem(format!("{error}")))?;
                Ok(Self::ReleaseBranch { branch })
            }
            "Promote" => {
                let from =
                    body.promote.from_environment.parse().map_err(|error| problem(format!("{error}")))?;
                Ok(Self::Promote { from })
            }
            "Rollback" => {
                let previous = body
                    .rollback
                    .previous_artifact_id
                    .parse()
                    .map_err(|error| problem(format!("{error}")))?;
                Ok(Self::Rollback { previous })
            }
            _ => Err(problem(
                "use ReleaseArtifact, ReleaseBranch, Promote, Rollback or AutoRelease".to_owned(),
            )),
        }
    }
}

/// The answer to `POST /release`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ReleaseResponse {
    /// What was released.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub service: String,
    /// The artifact's id, by custom of the original.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub release_id: String,
    /// Set when there was nothing to do, or when the commit has not landed yet.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub status: String,
    /// Where to.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub to_environment: String,
    /// The artifact's id.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub tag: String,
    /// The identity of this release, for `GET /releases/{id}`. Not in the original.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// `landed`, `pending` or `unchanged`. Not in the original.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub state: String,
    /// The commit on the remote, once landed. Not in the original.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub commit: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intents_survive_the_wire() {
        for intent in [
            Intent::ReleaseArtifact,
            Intent::AutoRelease,
            Intent::ReleaseBranch { branch: "feature/x".parse().unwrap() },
            Intent::Promote { from: "dev".parse().unwrap() },
            Intent::Rollback { previous: "a-1".parse().unwrap() },
        ] {
            let bytes = crate::encode(&IntentBody::from(&intent)).unwrap();
            let body: IntentBody = crate::decode(&bytes).unwrap();
            assert_eq!(Intent::try_from(&body), Ok(intent));
        }
    }

    #[test]
    fn the_wire_is_that_of_the_original() {
        let body = IntentBody::from(&Intent::Promote { from: "dev".parse().unwrap() });
        assert_eq!(
            String::from_utf8(crate::encode(&body).unwrap()).unwrap(),
            "{\"type\":\"Promote\",\"releaseBranch\":{},\"promote\":{\"fromEnvironment\":\"dev\"},\"rollback\":{}}\n"
        );
    }

    #[test]
    fn unknown_and_half_given_intents_are_refused() {
        for name in ["Sabotage", "", "ReleaseBranch", "Promote", "Rollback"] {
            let body = IntentBody { type_name: name.to_owned(), ..IntentBody::default() };
            assert!(Intent::try_from(&body).is_err(), "{name}");
        }
    }
}
