//! The way to the workers: finds the place, sends the request, waits for the answer.

use std::sync::Arc;

use explain::Explain;
use git_mirror::CommitId;
use tokio::sync::{mpsc, oneshot};
use tracing::warn;

use super::{Job, Reply};
use crate::places::{Open, Places};
use crate::{PolicyOutcome, PolicyRequest, ReleaseOutcome, ReleaseRequest, WriteError};

/// Requests that may wait. Each holds its manifests, some tens of kilobytes, so this bounds memory; beyond it a
/// caller is told at once, and its own queue keeps the request.
const MOST_WAITING: usize = 1024;

/// Sends requests to the [`Worker`](crate::Worker)s; clone it for every caller.
#[derive(Clone)]
pub struct Writer {
    jobs: mpsc::Sender<Job>,
    places: Arc<Places>,
}

/// The way to a worker.
pub(crate) fn channel() -> (mpsc::Sender<Job>, mpsc::Receiver<Job>) {
    mpsc::channel(MOST_WAITING)
}

pub(crate) fn send(jobs: &mpsc::Sender<Job>, job: Job) -> Result<(), WriteError> {
    jobs.try_send(job).map_err(|error| match error {
        mpsc::error::TrySendError::Full(_) => WriteError::Full { waiting: MOST_WAITING },
        mpsc::error::TrySendError::Closed(_) => WriteError::Stopped,
    })
}

impl Writer {
    pub(crate) fn new(jobs: mpsc::Sender<Job>, places: Arc<Places>) -> Self {
        Self { jobs, places }
    }

    /// Releases an artifact, at the place where its environment lives; the answer comes after the push.
    pub async fn release(&self, request: ReleaseRequest) -> ReleaseOutcome {
        let (reply, answer) = Reply::new();
        let environment = request.release.environment.clone();
        let sent = match self.places.route(&environment) {
            Ok(None) => send(&self.jobs, Job::Release(Box::new(request), reply)),
            Ok(Some(open)) => send(&open.jobs, Job::Release(Box::new(request), reply)),
            Err(source) => Err(WriteError::Place { environment, source }),
        };
        match sent {
            Ok(()) => answer.await.unwrap_or(ReleaseOutcome::Failed(WriteError::Stopped)),
            Err(error) => ReleaseOutcome::Failed(error),
        }
    }

    /// Changes policies; the answer comes after the push.
    pub async fn change_policies(&self, request: PolicyRequest) -> PolicyOutcome {
        let (reply, answer) = Reply::new();
        match send(&self.jobs, Job::Policy(Box::new(request), reply)) {
            Ok(()) => answer.await.unwrap_or(PolicyOutcome::Failed(WriteError::Stopped)),
            Err(error) => PolicyOutcome::Failed(error),
        }
    }

    /// Takes in what others have pushed, at every place: after a webhook, or now and then. Answers with the tip of the
    /// home branch; another place that fails is logged, and its environments say so.
    ///
    /// # Errors
    /// When the home repository is not reached, or its history was rewritten.
    pub async fn refresh(&self) -> Result<Option<CommitId>, WriteError> {
        let home = refreshed(&self.jobs);
        // All are asked before one is waited for.
        let mut others: Vec<_> = self.places.others().into_iter().map(Refreshing::new).collect();
        let answer = home?.await.unwrap_or(Err(WriteError::Stopped));
        // Home may have opened some just now.
        let known = |open: &Arc<Open>| others.iter().any(|other| Arc::ptr_eq(&other.open, open));
        let new: Vec<_> = self.places.others().into_iter().filter(|open| !known(open)).collect();
        others.extend(new.into_iter().map(Refreshing::new));
        for other in others {
            other.end().await;
        }
        answer
    }

    /// How many requests wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        let waiting = |jobs: &mpsc::Sender<Job>| jobs.max_capacity() - jobs.capacity();
        waiting(&self.jobs) + self.places.others().iter().map(|open| waiting(&open.jobs)).sum::<usize>()
    }
}

type Refreshed = oneshot::Receiver<Result<Option<CommitId>, WriteError>>;

fn refreshed(jobs: &mpsc::Sender<Job>) -> Result<Refreshed, WriteError> {
    let (reply, answer) = oneshot::channel();
    send(jobs, Job::Refresh(reply))?;
    Ok(answer)
}

/// Another place that was asked to take in what is new.
struct Refreshing {
    open: Arc<Open>,
    asked: Result<Refreshed, WriteError>,
}

impl Refreshing {
    fn new(open: Arc<Open>) -> Self {
        Self { asked: refreshed(&open.jobs), open }
    }

    async fn end(self) {
        let result = match self.asked {
            Ok(answer) => answer.await.unwrap_or(Err(WriteError::Stopped)),
            Err(error) => Err(error),
        };
        if let Err(error) = result {
            let reason = explain::chain(&error).join(": ");
            let (repository, branch) = (&self.open.remote.url, &self.open.remote.branch);
            warn!(%repository, %branch, reason, hint = %error.next_step(), "a place cannot be refreshed");
        }
    }
}
