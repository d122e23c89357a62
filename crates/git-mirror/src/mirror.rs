//! The mirror itself: one owner, who fetches, pushes and moves our branch.

use std::path::Path;

use tracing::{debug, warn};

use crate::open::{self, Folder};
use crate::porcelain::{self, FetchFailure, Pushed};
use crate::{Batch, CommitId, Error, Reader, Remote, RemoteError, git};

/// Packs above this number are rolled up. Small enough that a look-up does not notice them, large enough that
/// rolling up stays rare.
const MOST_PACKS: usize = 50;

/// A mirror of one branch, held by this process alone.
#[derive(Debug)]
pub struct Mirror {
    folder: Folder,
    remote: Remote,
    reader: Reader,
}

/// What a fetch has shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Where our branch was.
    pub before: Option<CommitId>,
    /// Where the remote's branch is; `None` when the remote has no such branch.
    pub after: Option<CommitId>,
    /// How the two relate.
    pub movement: Movement,
}

/// How a branch moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Movement {
    /// Not at all.
    Unchanged,
    /// Commits were added; our branch follows.
    FastForward,
    /// History was changed or taken back; our branch stays until [`Mirror::accept_rewrite`].
    Rewritten,
}

/// What became of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PushOutcome {
    /// The remote has moved to the batch's last commit, and our branch with it.
    Pushed,
    /// The remote's branch was not where the batch began: fetch, and build it again on the new tip. With what Git said.
    Lost(String),
    /// The remote does not want it, for this reason; building it again would not help.
    Refused(String),
    /// The remote was not reached; nothing was sent.
    Unreachable(String),
    /// The connection ended before the answer: only a later fetch can tell, and the remote may still be at work.
    Unknown(String),
}

impl Mirror {
    /// Opens the mirror in a folder of our own, making the folder if need be. What a killed process left locked or
    /// half written is cleared; a damaged mirror, or one of another remote, is begun anew. Talks to no remote.
    ///
    /// # Errors
    /// When the folder cannot be used, or another process uses it.
    pub fn open(folder: &Path, remote: Remote) -> Result<Self, Error> {
        let (folder, reader) = open::open(folder, &remote)?;
        Ok(Self { folder, remote, reader })
    }

    /// The reading half, for any thread.
    #[must_use]
    pub fn reader(&self) -> Reader {
        self.reader.clone()
    }

    /// The remote it mirrors.
    #[must_use]
    pub fn remote(&self) -> &Remote {
        &self.remote
    }

    /// Where our branch is.
    ///
    /// # Errors
    /// When the ref cannot be read.
    pub fn tip(&self) -> Result<Option<CommitId>, Error> {
        self.reader.tip()
    }

    /// Asks the remote where its branch is and takes its new commits. Our branch follows unless history was
    /// rewritten. A mirror that turns out to be damaged is made again first.
    ///
    /// # Errors
    /// When the remote does not answer or lets us in, or the mirror cannot be written.
    pub fn fetch(&mut self) -> Result<Fetched, Error> {
        if !self.is_there() {
            self.heal()?;
        }
        match self.fetch_once() {
            Err(_) if self.heal()? => self.fetch_once(),
            fetched => fetched,
        }
    }

    /// Whether the folder is still a repository, at a glance: when not, [`Mirror::heal`] and fetch before anything
    /// else, because a missing branch reads like an empty repository.
    #[must_use]
    pub fn is_there(&self) -> bool {
        open::check_layout(&self.folder.git_dir).is_ok()
    }

    /// Makes a damaged mirror anew, for the next fetch to fill; readers go on with the new one. Answers whether that
    /// was needed. Nothing is lost: all it holds is the remote's.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub fn heal(&mut self) -> Result<bool, Error> {
        let Some(repo) = open::heal(&self.folder.git_dir, &self.remote.branch)? else { return Ok(false) };
        self.reader.replace(repo);
        Ok(true)
    }

    fn fetch_once(&mut self) -> Result<Fetched, Error> {
        let before = self.tip()?;
        let after = self.fetch_tracking()?;
        let movement = match (before, after) {
            (Some(before), Some(after)) if before == after => Movement::Unchanged,
            (None, None) => Movement::Unchanged,
            (None, Some(_)) => Movement::FastForward,
            (Some(_), None) => Movement::Rewritten,
            (Some(before), Some(after)) if self.reader.is_ancestor(before, after)? => Movement::FastForward,
            (Some(_), Some(_)) => Movement::Rewritten,
        };
        match (movement, after) {
            (Movement::FastForward, Some(after)) => self.set(&self.remote.branch.head(), after)?,
            (Movement::Rewritten, _) => {
                warn!(?before, ?after, branch = %self.remote.branch, "the remote's history was rewritten");
            }
            (Movement::FastForward | Movement::Unchanged, _) => {}
        }
        Ok(Fetched { before, after, movement })
    }

    /// Moves our branch to what the last fetch has shown, whatever was there before.
    ///
    /// # Errors
    /// When the ref cannot be written.
    pub fn accept_rewrite(&mut self) -> Result<Option<CommitId>, Error> {
        let shown = self.reader.resolve(&self.remote.branch.tracking())?;
        if let Some(shown) = shown {
            self.set(&self.remote.branch.head(), shown)?;
        }
        Ok(shown)
    }

    /// A batch of commits to build on our branch.
    ///
    /// # Errors
    /// When the tip cannot be read.
    pub fn batch(&self) -> Result<Batch, Error> {
        Ok(Batch::new(self.reader.local(), self.tip()?))
    }

    /// Stores a batch as one pack and pushes it; our branch moves only when the remote has accepted. A batch
    /// without commits is pushed already.
    ///
    /// # Errors
    /// When the mirror cannot be written or git cannot be run. What the remote does is an outcome, not an error.
    pub fn push(&mut self, batch: &Batch) -> Result<PushOutcome, Error> {
        let Some(new) = batch.head().filter(|_| batch.head() != batch.base()) else {
            return Ok(PushOutcome::Pushed);
        };
        let pack = batch.store(&self.folder.git_dir.join("objects/pack"))?;
        // The pack becomes durable while the remote is at work; only the moved branch makes us depend on it.
        let (durable, output) = std::thread::scope(|scope| {
            let durable = scope.spawn(|| pack.sync());
            let output = git::push(&self.folder.git_dir, &self.remote, batch.base(), new);
            (durable.join(), output)
        });
        let output = match output {
            Ok(output) => output,
            Err(process::RunError::TimedOut { deadline, .. }) => {
                let text = format!("no answer within {} s", deadline.as_secs());
                return Ok(PushOutcome::Unknown(text));
            }
            Err(source) => return Err(self.program(source).into()),
        };
        let outcome = match porcelain::pushed(&output) {
            Pushed::Accepted => PushOutcome::Pushed,
            Pushed::Lost(text) => PushOutcome::Lost(text),
            Pushed::Refused(text) => PushOutcome::Refused(text),
            Pushed::Unreachable(text) => PushOutcome::Unreachable(text),
            Pushed::Unknown(text) => PushOutcome::Unknown(text),
        };
        debug!(commit = %new, ?outcome, "pushed");
        if outcome == PushOutcome::Pushed {
            match durable {
                Ok(Ok(())) => {}
                // The remote has it all: a mirror that lost it is noticed at the next start and made again.
                Ok(Err(error)) => warn!(%error, "the pack of an accepted push may not be on disk"),
                Err(_) => warn!("the pack of an accepted push may not be on disk"),
            }
            self.set(&self.remote.branch.tracking(), new)?;
            self.set(&self.remote.branch.head(), new)?;
        }
        Ok(outcome)
    }

    /// Whether the mirror has collected so many packs that [`Mirror::tidy`] is due.
    #[must_use]
    pub fn is_untidy(&self) -> bool {
        std::fs::read_dir(self.folder.git_dir.join("objects/pack"))
            .map(|entries| {
                entries.flatten().filter(|entry| entry.path().extension() == Some("idx".as_ref())).count()
            })
            .is_ok_and(|packs| packs > MOST_PACKS)
    }

    /// Rolls small packs up. Readers are not disturbed.
    ///
    /// # Errors
    /// When git fails.
    pub fn tidy(&mut self) -> Result<(), Error> {
        let output = git::repack(&self.folder.git_dir).map_err(|source| self.program(source))?;
        if output.succeeded() {
            return Ok(());
        }
        Err(Error::write("rolled up packs", output.stderr_text()))
    }

    fn fetch_tracking(&self) -> Result<Option<CommitId>, Error> {
        let output = git::fetch(&self.folder.git_dir, &self.remote).map_err(|source| self.program(source))?;
        if output.succeeded() {
            return self.reader.resolve(&self.remote.branch.tracking());
        }
        let url = self.remote.url.to_string();
        match porcelain::fetch_failure(&output) {
            FetchFailure::NoBranch => Ok(None),
            FetchFailure::Unreachable(text) => Err(RemoteError::Unreachable { url, text }.into()),
            FetchFailure::Refused(text) => Err(RemoteError::Refused { url, text }.into()),
            FetchFailure::Other(text) => Err(RemoteError::Failed { url, text }.into()),
        }
    }

    fn set(&self, name: &str, commit: CommitId) -> Result<(), Error> {
        self.reader.set(name, commit)
    }

    fn program(&self, source: process::RunError) -> RemoteError {
        RemoteError::Program { url: self.remote.url.to_string(), source }
    }
}
