//! Why the gate says no, in words for people.

use std::borrow::Cow;
use std::fmt;

use artifact::{ArtifactId, EnvName};
use explain::{Explain, Kind};

/// A change that may not be made, with every reason at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denied {
    /// The reasons, in the order in which the rules were asked. Never empty.
    pub reasons: Vec<Reason>,
}

/// One rule that said no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The config repository knows no such environment.
    UnknownEnvironment {
        /// The environment asked for.
        environment: EnvName,
        /// Those there are, in their order.
        known: Vec<EnvName>,
    },
    /// The artifact holds no manifests for the environment.
    NotInArtifact {
        /// The artifact.
        artifact: ArtifactId,
        /// The environment asked for.
        environment: EnvName,
        /// Those it has manifests for.
        rendered: Vec<String>,
    },
    /// A branch restriction does not let the artifact's branch in.
    BranchRestricted {
        /// How messages name the release: `artifact 'AID'`, `branch 'B' with artifact 'AID'`, and so on.
        phrase: String,
        /// The environment asked for.
        environment: EnvName,
        /// The pattern that the branch has to match.
        pattern: String,
        /// The artifact's branch.
        branch: String,
    },
    /// A stored branch restriction cannot be read, so nothing may pass it.
    BrokenRestriction {
        /// The environment it guards.
        environment: EnvName,
        /// The pattern as stored.
        pattern: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The reason given for the release is not what is true.
    FalseIntent {
        /// What was said.
        said: String,
        /// What is true.
        truth: String,
    },
    /// The pattern of a new branch restriction cannot be read.
    InvalidPattern {
        /// What is wrong with it.
        problem: String,
    },
    /// The policy asked for contradicts one that is in force.
    PolicyConflict {
        /// The one in force, as a sentence.
        with: String,
    },
}

impl fmt::Display for Reason {
    /// The texts of the original where it has one (spec, sections 2.5 and 2.7).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownEnvironment { environment, .. } => write!(f, "unknown environment: {environment}"),
            Self::NotInArtifact { artifact, environment, .. } => {
                write!(f, "artifact '{artifact}' holds no manifests for environment '{environment}'")
            }
            Self::BranchRestricted { phrase, environment, .. } => {
                write!(
                    f,
                    "cannot release {phrase} to environment '{environment}' due to branch restriction policy"
                )
            }
            Self::BrokenRestriction { environment, pattern, problem } => {
                write!(
                    f,
                    "the branch restriction `{pattern}` of environment '{environment}' cannot be read: {problem}"
                )
            }
            Self::FalseIntent { said, truth } => write!(f, "{said}, but {truth}"),
            Self::InvalidPattern { problem } => write!(f, "branch regex not valid: {problem}"),
            Self::PolicyConflict { .. } => f.write_str("policy conflicts with another policy"),
        }
    }
}

impl Reason {
    /// What the person can do about it.
    #[must_use]
    pub fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::UnknownEnvironment { known, .. } => {
                format!("use one of the environments there are: {}", list(known)).into()
            }
            Self::NotInArtifact { environment, rendered, .. } => format!(
                "render manifests for {environment} in the service's CI; this artifact has them for {}",
                list(rendered)
            )
            .into(),
            Self::BranchRestricted { environment, pattern, branch, .. } => format!(
                "release an artifact of a branch that matches `{pattern}` to {environment}; this one is of `{branch}`"
            )
            .into(),
            Self::BrokenRestriction { environment, .. } => {
                format!("apply the branch restriction of {environment} anew with a valid pattern").into()
            }
            Self::FalseIntent { .. } => "see `hamctl status`, and ask again for what you want".into(),
            Self::InvalidPattern { .. } => "correct --branch-regex; it is a regular expression in RE2 syntax".into(),
            Self::PolicyConflict { with } => format!("see `hamctl policy list`: {with}").into(),
        }
    }
}

fn list<T: fmt::Display>(items: &[T]) -> String {
    if items.is_empty() {
        return "none".to_owned();
    }
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, reason) in self.reasons.iter().enumerate() {
            if at > 0 {
                f.write_str("; ")?;
            }
            reason.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Denied {}

impl Explain for Denied {
    fn kind(&self) -> Kind {
        match self.reasons.first() {
            Some(Reason::PolicyConflict { .. } | Reason::FalseIntent { .. }) => Kind::Conflict,
            Some(
                Reason::UnknownEnvironment { .. }
                | Reason::NotInArtifact { .. }
                | Reason::InvalidPattern { .. },
            ) => Kind::Invalid,
            Some(Reason::BranchRestricted { .. } | Reason::BrokenRestriction { .. }) | None => Kind::Denied,
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        let steps: Vec<Cow<'static, str>> = self.reasons.iter().map(Reason::next_step).collect();
        steps.join("; ").into()
    }
}
