//! What is asked of the writer, and what it answers.

use git_mirror::CommitId;
use jiff::Zoned;
use policy::{Denied, PolicyChange, Release};

use crate::{Manifests, WriteError};

/// A release to decide and write.
#[derive(Clone, Debug)]
pub struct ReleaseRequest {
    /// What is asked for, and by whom.
    pub release: Release,
    /// What the artifact holds for that environment.
    pub manifests: Manifests,
}

/// A change of policies to decide and write.
#[derive(Clone, Debug)]
pub struct PolicyRequest {
    /// What is asked for, and by whom.
    pub change: PolicyChange,
}

/// What became of a release.
#[derive(Clone, Debug)]
pub enum ReleaseOutcome {
    /// Its commit is on the remote. Also the answer to a request that has landed before.
    Landed {
        /// The commit.
        commit: CommitId,
        /// When it was committed.
        at: Zoned,
    },
    /// This very artifact runs there; there was nothing to write.
    AlreadyThere,
    /// The gate says no.
    Denied(Denied),
    /// It was not decided, or did not land.
    Failed(WriteError),
}

/// What became of a change of policies.
#[derive(Clone, Debug)]
pub enum PolicyOutcome {
    /// Its commit is on the remote.
    Landed {
        /// The commit.
        commit: CommitId,
        /// The ids of the policies that changed.
        ids: Vec<String>,
    },
    /// The policies were so already.
    Unchanged {
        /// The ids of the policies asked for that are there.
        ids: Vec<String>,
    },
    /// The gate says no.
    Denied(Denied),
    /// It was not decided, or did not land.
    Failed(WriteError),
}
