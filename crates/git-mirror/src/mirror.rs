//! The mirror itself: one owner, who fetches, pushes and moves our branch.

use std::path::{Path, PathBuf};

use tracing::warn;

use crate::open::{self, Folder};
use crate::porcelain::{self, FetchFailure};
use crate::push::{Direct, Push, PushOutcome};
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
    direct: Direct,
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

/// Rolls small packs up. Neither readers nor the owner of the mirror are disturbed.
#[derive(Debug)]
pub struct Tidying {
    git_dir: PathBuf,
}

impl Tidying {
    /// Does it.
    ///
    /// # Errors
    /// When git fails.
    pub fn run(&self) -> Result<(), Error> {
        let output = git::repack(&self.git_dir).map_err(|error| Error::write("rolled up packs", error))?;
        if output.succeeded() {
            return Ok(());
        }
        Err(Error::write("rolled up packs", output.stderr_text()))
    }
}

impl Mirror {
    /// Opens the mirror in a folder of our own, making the folder if need be. What a killed process left locked or
    /// half written is cleared; a damaged mirror, or one of another remote, is begun anew. Talks to no remote.
    ///
    /// # Errors
    /// When the folder cannot be used, or another process uses it.
    pub fn open(folder: &Path, remote: Remote) -> Result<Self, Error> {
        let (folder, reader) = open::open(folder, &remote)?;
        Ok(Self { folder, remote, reader, direct: Direct::default() })
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

    /// Makes the mirror anew, for the next fetch to fill, because something that must be in it is not.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub fn renew(&mut self) -> Result<(), Error> {
        let repo = open::renew(&self.folder.git_dir, &self.remote.branch)?;
        self.reader.replace(repo);
        Ok(())
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

    /// A batch to build on a commit that is still on its way to the remote: one that [`Mirror::store`] has stored.
    ///
    /// # Errors
    /// When the mirror cannot be opened.
    pub fn batch_on(&self, head: CommitId) -> Result<Batch, Error> {
        Ok(Batch::new(self.reader.local(), Some(head)))
    }

    /// Stores a batch as one pack, to be sent from any thread; `None` for a batch without commits.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn store(&self, batch: &Batch) -> Result<Option<Push>, Error> {
        let Some(new) = batch.head().filter(|_| batch.head() != batch.base()) else { return Ok(None) };
        let pack = batch.store(&self.folder.git_dir.join("objects/pack"))?;
        let (git_dir, remote) = (self.folder.git_dir.clone(), self.remote.clone());
        Ok(Some(Push { git_dir, remote, base: batch.base(), new, pack, direct: self.direct.clone() }))
    }

    /// Moves our branch to what the remote has accepted.
    ///
    /// # Errors
    /// When the refs cannot be written.
    pub fn accepted(&mut self, new: CommitId) -> Result<(), Error> {
        self.set(&self.remote.branch.tracking(), new)?;
        self.set(&self.remote.branch.head(), new)
    }

    /// Stores a batch and pushes it; our branch moves only when the remote has accepted. A batch without commits is
    /// pushed already.
    ///
    /// # Errors
    /// When the mirror cannot be written or git cannot be run. What the remote does is an outcome, not an error.
    pub fn push(&mut self, batch: &Batch) -> Result<PushOutcome, Error> {
        let Some(push) = self.store(batch)? else { return Ok(PushOutcome::Pushed) };
        let new = push.new;
        let outcome = push.send()?;
        if outcome == PushOutcome::Pushed {
            self.accepted(new)?;
            push.meet();
        }
        Ok(outcome)
    }

    /// Whether the mirror has collected so many packs that [`Mirror::tidying`] is due.
    #[must_use]
    pub fn is_untidy(&self) -> bool {
        open::count_packs(&self.folder.git_dir) > MOST_PACKS
    }

    /// The work that is due then, for any thread.
    #[must_use]
    pub fn tidying(&self) -> Tidying {
        Tidying { git_dir: self.folder.git_dir.clone() }
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
