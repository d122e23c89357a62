//! What an outcome means for the item in the queue and for the caller. Pure.

use api::ReleaseState;
use config_repo::{ReleaseOutcome, WriteError};
use explain::{Kind, Report};
use policy::Denied;

/// What a caller is told.
#[derive(Debug)]
pub(crate) enum Ending {
    /// The commit is on the remote.
    Landed { commit: String },
    /// It runs there already.
    AlreadyThere,
    /// The gate says no.
    Denied(Denied),
    /// It cannot be done now; the server goes on trying.
    Pending { reason: String },
    /// It cannot be done.
    Failed(Report),
}

/// What becomes of the item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is done.
    Finish,
    /// It is tried again.
    Later,
    /// Nothing came of it: if the caller hears that, it is done, else it is kept as dead.
    TellOrKeep,
}

impl Ending {
    /// What an outcome of the writer means.
    pub(crate) fn of(outcome: ReleaseOutcome) -> Self {
        match outcome {
            ReleaseOutcome::Landed { commit, .. } => Self::Landed { commit: commit.to_string() },
            ReleaseOutcome::AlreadyThere => Self::AlreadyThere,
            ReleaseOutcome::Denied(denied) => Self::Denied(denied),
            ReleaseOutcome::Failed(error) => Self::of_failure(&error),
        }
    }

    fn of_failure(error: &WriteError) -> Self {
        let report = Report::new(error);
        match report.kind {
            Kind::Unavailable => Self::Pending { reason: report.message },
            Kind::Usage
            | Kind::Unauthenticated
            | Kind::Denied
            | Kind::NotFound
            | Kind::Conflict
            | Kind::Invalid
            | Kind::Failed
            | Kind::Internal => Self::Failed(report),
        }
    }

    /// What listeners are told of an end; nothing while there is none. What landed they hear from the index.
    pub(crate) fn state(&self) -> Option<ReleaseState> {
        match self {
            Self::Landed { .. } | Self::Pending { .. } => None,
            Self::AlreadyThere => Some(ReleaseState::Unchanged),
            Self::Denied(_) => Some(ReleaseState::Denied),
            Self::Failed(_) => Some(ReleaseState::Failed),
        }
    }

    pub(crate) fn fate(&self) -> Fate {
        match self {
            Self::Landed { .. } | Self::AlreadyThere => Fate::Finish,
            Self::Pending { .. } => Fate::Later,
            Self::Denied(_) | Self::Failed(_) => Fate::TellOrKeep,
        }
    }

    /// Why it is kept as dead or tried again; empty when it is done.
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::Landed { .. } | Self::AlreadyThere => String::new(),
            Self::Denied(denied) => denied.to_string(),
            Self::Pending { reason } => reason.clone(),
            Self::Failed(report) => report.line(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_host_that_cannot_be_reached_is_tried_again() {
        let text = || "git: connection refused".to_owned();
        for (error, fate) in [
            (WriteError::Unreachable { text: text() }, Fate::Later),
            (WriteError::Unknown { text: text() }, Fate::Later),
            (WriteError::Contended { attempts: 9 }, Fate::Later),
            (WriteError::Stopped, Fate::Later),
            (WriteError::Full { waiting: 1 }, Fate::Later),
            (WriteError::Refused { text: text() }, Fate::TellOrKeep),
            (WriteError::Rewritten, Fate::TellOrKeep),
        ] {
            let ending = Ending::of(ReleaseOutcome::Failed(error.clone()));
            assert_eq!(ending.fate(), fate, "{error}");
            assert!(!ending.reason().is_empty());
        }
        assert_eq!(Ending::of(ReleaseOutcome::AlreadyThere).fate(), Fate::Finish);
    }

    #[test]
    fn what_is_kept_as_dead_says_what_to_do() {
        let refused = WriteError::Refused { text: "protected branch".to_owned() };
        let reason = Ending::of(ReleaseOutcome::Failed(refused)).reason();
        assert!(reason.contains("protected branch (hint: "), "{reason}");
    }
}
