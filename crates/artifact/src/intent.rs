//! Why a release is asked for.

use crate::{ArtifactId, BranchName, EnvName};

/// The reason behind a release, kept in its commit (spec, section 5.4).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Intent {
    /// Somebody named the artifact.
    ReleaseArtifact,
    /// Somebody asked for the newest artifact of a branch.
    ReleaseBranch {
        /// The branch.
        branch: BranchName,
    },
    /// What runs in one environment goes to the next.
    Promote {
        /// Where it runs already; `master` for the newest artifact of that branch.
        from: EnvName,
    },
    /// An earlier artifact comes back.
    Rollback {
        /// What ran until now.
        previous: ArtifactId,
    },
    /// A policy asked for it when the artifact arrived.
    AutoRelease,
}

impl Intent {
    /// The word on the wire and in commits.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::ReleaseArtifact => "ReleaseArtifact",
            Self::ReleaseBranch { .. } => "ReleaseBranch",
            Self::Promote { .. } => "Promote",
            Self::Rollback { .. } => "Rollback",
            Self::AutoRelease => "AutoRelease",
        }
    }

    /// How messages name a release of `artifact` with this intent (spec, section 2.5).
    #[must_use]
    pub fn phrase(&self, artifact: &ArtifactId) -> String {
        match self {
            Self::ReleaseArtifact => format!("artifact '{artifact}'"),
            Self::ReleaseBranch { branch } => format!("branch '{branch}' with artifact '{artifact}'"),
            Self::Promote { from } => format!("promotion from '{from}' with artifact '{artifact}'"),
            Self::Rollback { previous } => {
                format!("rollback to artifact '{artifact}' from artifact '{previous}'")
            }
            Self::AutoRelease => format!("autorelease artifact '{artifact}'"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_those_of_the_original() {
        let id: ArtifactId = "a-1-2".parse().unwrap();
        let cases = [
            (Intent::ReleaseArtifact, "artifact 'a-1-2'"),
            (Intent::ReleaseBranch { branch: "b/c".parse().unwrap() }, "branch 'b/c' with artifact 'a-1-2'"),
            (Intent::Promote { from: "dev".parse().unwrap() }, "promotion from 'dev' with artifact 'a-1-2'"),
            (
                Intent::Rollback { previous: "p".parse().unwrap() },
                "rollback to artifact 'a-1-2' from artifact 'p'",
            ),
            (Intent::AutoRelease, "autorelease artifact 'a-1-2'"),
        ];
        for (intent, phrase) in cases {
            assert_eq!(intent.phrase(&id), phrase);
        }
    }
}
