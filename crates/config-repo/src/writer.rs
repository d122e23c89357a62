//! One owner of the mirror, who decides, commits and pushes whatever waits.
//!
//! `pipeline` is the common road: while one batch is on its way to the remote, the next one is decided and built on top
//! of it. `settle` is the careful road, one batch at a time, for when others were first or something is wrong.

mod decide;
mod job;
mod pipeline;
mod settle;
mod tidy;

use explain::Explain;
use git_mirror::{CommitId, Mirror, Movement, RemoteError};
use tokio::sync::{mpsc, oneshot};
use tracing::{info, warn};

use self::job::Job;
use crate::index::Index;
use crate::{Options, PolicyOutcome, PolicyRequest, ReadError, ReleaseOutcome, ReleaseRequest, WriteError};

/// Requests that may wait. Each holds its manifests, some tens of kilobytes, so this bounds memory; beyond it a
/// caller is told at once, and its own queue keeps the request.
const MOST_WAITING: usize = 1024;

/// Requests that share a push. More would make the first of them wait for the last without a faster whole.
const MOST_IN_A_BATCH: usize = 256;

/// Sends requests to the [`Worker`]; clone it for every caller.
#[derive(Clone)]
pub struct Writer {
    jobs: mpsc::Sender<Job>,
}

/// Owns the mirror and serves requests until every [`Writer`] is gone.
pub struct Worker {
    jobs: mpsc::Receiver<Job>,
    mirror: Mirror,
    index: Index,
    options: Options,
}

pub(crate) fn pair(mirror: Mirror, index: Index, options: Options) -> (Writer, Worker) {
    let (sender, jobs) = mpsc::channel(MOST_WAITING);
    (Writer { jobs: sender }, Worker { jobs, mirror, index, options })
}

impl Writer {
    /// Releases an artifact; the answer comes after the push.
    pub async fn release(&self, request: ReleaseRequest) -> ReleaseOutcome {
        let (reply, answer) = oneshot::channel();
        match self.send(Job::Release(Box::new(request), reply)) {
            Ok(()) => answer.await.unwrap_or(ReleaseOutcome::Failed(WriteError::Stopped)),
            Err(error) => ReleaseOutcome::Failed(error),
        }
    }

    /// Changes policies; the answer comes after the push.
    pub async fn change_policies(&self, request: PolicyRequest) -> PolicyOutcome {
        let (reply, answer) = oneshot::channel();
        match self.send(Job::Policy(Box::new(request), reply)) {
            Ok(()) => answer.await.unwrap_or(PolicyOutcome::Failed(WriteError::Stopped)),
            Err(error) => PolicyOutcome::Failed(error),
        }
    }

    /// Takes in what others have pushed: after a webhook, or now and then. Answers with the tip.
    ///
    /// # Errors
    /// When the remote is not reached, or its history was rewritten.
    pub async fn refresh(&self) -> Result<Option<CommitId>, WriteError> {
        let (reply, answer) = oneshot::channel();
        self.send(Job::Refresh(reply))?;
        answer.await.unwrap_or(Err(WriteError::Stopped))
    }

    /// How many requests wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.jobs.max_capacity() - self.jobs.capacity()
    }

    fn send(&self, job: Job) -> Result<(), WriteError> {
        self.jobs.try_send(job).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => WriteError::Full { waiting: MOST_WAITING },
            mpsc::error::TrySendError::Closed(_) => WriteError::Stopped,
        })
    }
}

impl Worker {
    /// Serves requests until every [`Writer`] is dropped; then what was taken in is made durable. It blocks: give it
    /// a thread of its own, not one that drives asynchronous work.
    pub fn run(self) {
        pipeline::run(self);
    }

    pub(crate) fn persist(&self) {
        if let Err(error) = self.index.persist() {
            let reason = explain::chain(&error).join(": ");
            warn!(reason, "the release index is not on disk; it will be caught up at the next start");
        }
    }

    /// Fetches, and takes the new commits into the index.
    pub(crate) fn advance(&mut self) -> Result<Option<CommitId>, WriteError> {
        let fetched = self.mirror.fetch().map_err(unmirrored)?;
        if fetched.movement == Movement::Rewritten {
            if !self.options.accept_rewritten_history {
                return Err(WriteError::Rewritten);
            }
            warn!(from = ?fetched.before, to = ?fetched.after, "following rewritten history, as told");
            self.mirror.accept_rewrite().map_err(unmirrored)?;
        }
        let tip = self.index_tip().map_err(|error| WriteError::Facts(error.into()))?;
        if fetched.movement == Movement::FastForward {
            info!(tip = ?tip, "took in what others pushed");
        }
        Ok(tip)
    }

    /// Brings the index to the mirror's tip; an index that fails is made again once.
    pub(crate) fn index_tip(&self) -> Result<Option<CommitId>, ReadError> {
        let Some(tip) = self.mirror.tip()? else {
            self.index.clear()?;
            return Ok(None);
        };
        if let Err(error) = self.index.catch_up(&self.mirror.reader(), tip) {
            let reason = explain::chain(&error).join(": ");
            warn!(reason, hint = %error.next_step(), "the release index failed: making it again");
            self.index.clear()?;
            self.index.catch_up(&self.mirror.reader(), tip)?;
        }
        Ok(Some(tip))
    }
}

/// What a failure of the mirror means for a request.
fn unmirrored(error: git_mirror::Error) -> WriteError {
    match error {
        git_mirror::Error::Remote(RemoteError::Unreachable { text, .. }) => WriteError::Unreachable { text },
        git_mirror::Error::Remote(RemoteError::Refused { text, .. }) => WriteError::Refused { text },
        git_mirror::Error::Remote(RemoteError::Program { source, .. })
            if matches!(source.kind(), explain::Kind::Unavailable) =>
        {
            WriteError::Unreachable { text: source.to_string() }
        }
        error => WriteError::Mirror(error.into()),
    }
}
