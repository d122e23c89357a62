//! A request with the way to answer it.

use git_mirror::CommitId;
use tokio::sync::oneshot;

use crate::{PolicyOutcome, PolicyRequest, ReleaseOutcome, ReleaseRequest, WriteError};

/// What waits for the worker.
pub(crate) enum Job {
    Release(Box<ReleaseRequest>, oneshot::Sender<ReleaseOutcome>),
    Policy(Box<PolicyRequest>, oneshot::Sender<PolicyOutcome>),
    Refresh(oneshot::Sender<Result<Option<CommitId>, WriteError>>),
}

/// What was decided, to be said once it is true.
pub(super) enum Answer {
    Release(ReleaseOutcome),
    Policy(PolicyOutcome),
}

impl Job {
    /// Says what became of it. A caller that is gone misses the answer, not the release.
    pub(super) fn answer(self, answer: Answer) {
        match (self, answer) {
            (Self::Release(_, reply), Answer::Release(outcome)) => drop(reply.send(outcome)),
            (Self::Policy(_, reply), Answer::Policy(outcome)) => drop(reply.send(outcome)),
            // An answer is made from its own job, so the kinds agree; dropping the reply says "stopped".
            (Self::Release(..) | Self::Policy(..) | Self::Refresh(_), _) => {}
        }
    }

    pub(super) fn fail(self, error: WriteError) {
        match self {
            Self::Release(_, reply) => drop(reply.send(ReleaseOutcome::Failed(error))),
            Self::Policy(_, reply) => drop(reply.send(PolicyOutcome::Failed(error))),
            Self::Refresh(reply) => drop(reply.send(Err(error))),
        }
    }

    pub(super) fn refreshed(self, answer: &Result<Option<CommitId>, WriteError>) {
        if let Self::Refresh(reply) = self {
            drop(reply.send(answer.clone()));
        }
    }
}
