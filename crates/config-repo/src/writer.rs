//! One owner of the mirror, who decides, commits and pushes whatever waits.
//!
//! `pipeline` is the common road: while one batch is on its way to the remote, the next one is decided and built on top
//! of it. `settle` is the careful road, one batch at a time, for when others were first or something is wrong.

mod decide;
mod handle;
mod job;
mod pipeline;
mod rules;
mod settle;
mod tidy;
mod watch;

use std::sync::Arc;
use std::time::Instant;

use explain::Explain;
use git_mirror::{CommitId, Mirror, Movement, RemoteError};
use tokio::sync::mpsc;
use tracing::{info, warn};

use crate::index::Index;
use crate::ledger::Ledger;
use crate::places::Places;
use crate::{Options, ReadError, WriteError};

pub use handle::Writer;
pub(crate) use handle::{channel, send};
pub(crate) use job::{Job, Reply};

/// Requests that share a push. More would make the first of them wait for the last without a faster whole.
const MOST_IN_A_BATCH: usize = 256;

/// Owns a mirror and serves requests until every [`Writer`] is gone.
pub struct Worker {
    jobs: mpsc::Receiver<Job>,
    mirror: Mirror,
    index: Index,
    ledger: Ledger,
    options: Arc<Options>,
    places: Arc<Places>,
    /// Whether this is the home branch, whose rules hold everywhere.
    is_home: bool,
}

impl Worker {
    pub(crate) fn new(
        jobs: mpsc::Receiver<Job>,
        mirror: Mirror,
        ledger: Ledger,
        places: Arc<Places>,
        is_home: bool,
    ) -> Self {
        let (index, options) = (ledger.index().clone(), Arc::clone(places.options()));
        Self { jobs, mirror, index, ledger, options, places, is_home }
    }

    /// Takes in what is new, and serves requests until every [`Writer`] is dropped; then what was taken in is made
    /// durable. It blocks: give it a thread of its own, not one that drives asynchronous work.
    pub fn run(mut self) {
        self.begin();
        pipeline::run(self);
    }

    /// What the mirror knows from before can be read at once, whatever the remote does.
    fn begin(&mut self) {
        let known = self.index_tip().map(drop).map_err(|error| WriteError::Facts(error.into()));
        match known.and_then(|()| self.advance()) {
            Ok(_) => self.persist(),
            Err(error) => {
                let reason = explain::chain(&error).join(": ");
                let remote = self.mirror.remote();
                let (repository, branch) = (&remote.url, &remote.branch);
                warn!(%repository, %branch, reason, hint = %error.next_step(), "starting with what is known from before");
            }
        }
    }

    pub(crate) fn persist(&self) {
        if let Err(error) = self.index.persist() {
            let reason = explain::chain(&error).join(": ");
            warn!(reason, "the release index is not on disk; it will be caught up at the next start");
        }
    }

    /// Fetches, and takes the new commits into the index.
    pub(crate) fn advance(&mut self) -> Result<Option<CommitId>, WriteError> {
        let looked = Instant::now();
        let fetched = self.mirror.fetch().map_err(unmirrored)?;
        if fetched.movement == Movement::Rewritten {
            if !self.options.accept_rewritten_history {
                return Err(WriteError::Rewritten);
            }
            warn!(from = ?fetched.before, to = ?fetched.after, "following rewritten history, as told");
            self.mirror.accept_rewrite().map_err(unmirrored)?;
        }
        let tip = self.index_tip().map_err(|error| WriteError::Facts(error.into()))?;
        if fetched.movement == Movement::Rewritten {
            (self.options.rewritten)();
        }
        if fetched.movement == Movement::FastForward {
            info!(tip = ?tip, "took in what others pushed");
        }
        self.ledger.has_answered();
        self.ledger.was_equal(looked);
        if self.is_home {
            self.places.looked(looked);
        }
        Ok(tip)
    }

    /// Brings the index to the mirror's tip; an index that fails is made again once.
    pub(crate) fn index_tip(&self) -> Result<Option<CommitId>, ReadError> {
        let Some(tip) = self.mirror.tip()? else {
            self.index.clear()?;
            return Ok(None);
        };
        let landed = match self.index.catch_up(&self.mirror.reader(), tip) {
            Ok(landed) => landed,
            Err(error) => {
                let reason = explain::chain(&error).join(": ");
                warn!(reason, hint = %error.next_step(), "the release index failed: making it again");
                self.index.clear()?;
                self.index.catch_up(&self.mirror.reader(), tip)?
            }
        };
        landed.iter().for_each(&self.options.landed);
        self.follow_places();
        Ok(Some(tip))
    }

    /// Opens the places that the settings name, once they are known.
    pub(crate) fn follow_places(&self) {
        if !self.is_home {
            return;
        }
        match self.places.follow() {
            Ok(()) | Err(ReadError::NotYetRead) => {}
            Err(error) => {
                let reason = explain::chain(&error).join(": ");
                warn!(reason, hint = %error.next_step(), "the places of environments stay as they were");
            }
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if !self.is_home {
            return;
        }
        // Another place may wait for an answer that nobody would give any more.
        self.jobs.close();
        while let Ok(job) = self.jobs.try_recv() {
            job.fail(WriteError::Stopped);
        }
        self.places.close();
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
