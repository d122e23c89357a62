//! A request with the way to answer it.

use git_mirror::CommitId;
use tokio::sync::oneshot;

use super::watch::Origin;
use crate::{PolicyOutcome, PolicyRequest, ReleaseOutcome, ReleaseRequest, WriteError};

/// What waits for the worker.
pub(crate) enum Job {
    Release(Box<ReleaseRequest>, Reply<ReleaseOutcome>),
    Policy(Box<PolicyRequest>, Reply<PolicyOutcome>),
    Refresh(oneshot::Sender<Result<Option<CommitId>, WriteError>>),
}

/// The way back to the caller.
pub(crate) struct Reply<T> {
    to: oneshot::Sender<T>,
    origin: Origin,
}

impl<T> Reply<T> {
    /// To who waits at the other end, for a request made here and now.
    pub(crate) fn new() -> (Self, oneshot::Receiver<T>) {
        let (to, answer) = oneshot::channel();
        (Self { to, origin: Origin::here() }, answer)
    }

    fn send(self, answer: T) {
        // A caller that is gone misses the answer, not the release.
        drop(self.to.send(answer));
    }
}

/// What was decided, to be said once it is true.
pub(super) enum Answer {
    Release(ReleaseOutcome),
    Policy(PolicyOutcome),
}

impl Job {
    /// Where it comes from; nobody made a look at the remote that several share.
    pub(super) fn origin(&self) -> Option<&Origin> {
        match self {
            Self::Release(_, reply) => Some(&reply.origin),
            Self::Policy(_, reply) => Some(&reply.origin),
            Self::Refresh(_) => None,
        }
    }

    pub(super) fn origin_mut(&mut self) -> Option<&mut Origin> {
        match self {
            Self::Release(_, reply) => Some(&mut reply.origin),
            Self::Policy(_, reply) => Some(&mut reply.origin),
            Self::Refresh(_) => None,
        }
    }

    /// Says what became of it.
    pub(super) fn answer(self, answer: Answer) {
        match (self, answer) {
            (Self::Release(_, reply), Answer::Release(outcome)) => reply.send(outcome),
            (Self::Policy(_, reply), Answer::Policy(outcome)) => reply.send(outcome),
            // An answer is made from its own job, so the kinds agree; dropping the reply says "stopped".
            (Self::Release(..) | Self::Policy(..) | Self::Refresh(_), _) => {}
        }
    }

    pub(super) fn fail(self, error: WriteError) {
        match self {
            Self::Release(_, reply) => reply.send(ReleaseOutcome::Failed(error)),
            Self::Policy(_, reply) => reply.send(PolicyOutcome::Failed(error)),
            Self::Refresh(reply) => drop(reply.send(Err(error))),
        }
    }

    pub(super) fn refreshed(self, answer: &Result<Option<CommitId>, WriteError>) {
        if let Self::Refresh(reply) = self {
            drop(reply.send(answer.clone()));
        }
    }
}
