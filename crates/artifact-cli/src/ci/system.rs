//! Which CI system this is.

use std::collections::BTreeMap;

use super::fact::Field;

/// The variables of a job.
pub(crate) type Variables = BTreeMap<String, String>;

/// A CI system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum System {
    GitHub,
    GitLab,
    Buildkite,
    CircleCi,
    Jenkins,
}

impl System {
    /// The system whose own mark is among the variables. Jenkins comes last: its agents may run inside the others.
    pub(crate) fn of(variables: &Variables) -> Option<Self> {
        let is = |name: &str| variables.get(name).is_some_and(|value| value == "true");
        match () {
            () if is("GITHUB_ACTIONS") => Some(Self::GitHub),
            () if is("GITLAB_CI") => Some(Self::GitLab),
            () if is("BUILDKITE") => Some(Self::Buildkite),
            () if is("CIRCLECI") => Some(Self::CircleCi),
            () if variables.get("JENKINS_URL").is_some_and(|value| !value.is_empty()) => Some(Self::Jenkins),
            () => None,
        }
    }

    /// Its name, as people write it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::GitHub => "GitHub Actions",
            Self::GitLab => "GitLab CI",
            Self::Buildkite => "Buildkite",
            Self::CircleCi => "CircleCI",
            Self::Jenkins => "Jenkins",
        }
    }

    /// The variable that says something; `None` when Git alone does.
    pub(crate) fn variables(self, field: Field) -> Option<&'static str> {
        match (self, field) {
            (Self::GitHub, Field::Branch) => Some("GITHUB_REF_NAME of a branch"),
            (Self::GitHub, Field::Sha) => Some("GITHUB_SHA"),
            (Self::GitLab, Field::Branch) => Some("CI_COMMIT_BRANCH or CI_MERGE_REQUEST_SOURCE_BRANCH_NAME"),
            (Self::GitLab, Field::Sha) => Some("CI_COMMIT_SHA"),
            (Self::GitLab, Field::Message) => Some("CI_COMMIT_MESSAGE"),
            (Self::GitLab, Field::AuthorName | Field::AuthorEmail) => Some("CI_COMMIT_AUTHOR"),
            (Self::Buildkite, Field::Branch) => Some("BUILDKITE_BRANCH"),
            (Self::Buildkite, Field::Sha) => Some("BUILDKITE_COMMIT"),
            (Self::Buildkite, Field::Message) => Some("BUILDKITE_MESSAGE"),
            (Self::Buildkite, Field::AuthorName) => Some("BUILDKITE_BUILD_AUTHOR"),
            (Self::Buildkite, Field::AuthorEmail) => Some("BUILDKITE_BUILD_AUTHOR_EMAIL"),
            (Self::CircleCi, Field::Branch) => Some("CIRCLE_BRANCH"),
            (Self::CircleCi, Field::Sha) => Some("CIRCLE_SHA1"),
            (Self::Jenkins, Field::Branch) => Some("CHANGE_BRANCH, BRANCH_NAME or GIT_BRANCH"),
            (Self::Jenkins, Field::Sha) => Some("GIT_COMMIT"),
            _ => None,
        }
    }
}
