//! Making reader, writer and worker out of a folder and a remote.

use std::path::PathBuf;

use artifact::Person;
use explain::Explain;
use git_mirror::{Mirror, Remote, Signer};
use jiff::Zoned;
use policy::GlobalRestriction;
use tracing::warn;

use crate::index::Index;
use crate::{ReadError, Reader, Worker, WriteError, Writer};

/// What a config repository needs to be opened.
pub struct Options {
    /// A folder of our own for the mirror and the index; both can be deleted while nothing runs.
    pub folder: PathBuf,
    /// Where the repository lives.
    pub remote: Remote,
    /// Who commits: this server.
    pub committer: Person,
    /// Signs commits, when a key is configured.
    pub signer: Option<Box<dyn Signer>>,
    /// Branch restrictions for every service.
    pub globals: Vec<GlobalRestriction>,
    /// Whether to follow a remote whose history was rewritten, once a person has looked into it.
    pub accept_rewritten_history: bool,
    /// The clock.
    pub now: Box<dyn Fn() -> Zoned + Send>,
}

/// An open config repository: its parts are handed to those who use them.
pub struct ConfigRepo {
    /// Sends requests to the worker.
    pub writer: Writer,
    /// Answers questions.
    pub reader: Reader,
    /// Does the writing; run it on a thread of its own.
    pub worker: Worker,
}

impl ConfigRepo {
    /// Opens the mirror and the index, and takes in what is new. A remote that is not reached is no error: what is
    /// known can be read, and requests are tried when they come.
    ///
    /// # Errors
    /// When the folder cannot be used, or another process uses it.
    pub fn open(options: Options) -> Result<Self, ReadError> {
        let mirror = Mirror::open(&options.folder, options.remote.clone())?;
        let index = Index::open(&options.folder.join("index.redb"))?;
        let reader = Reader::new(mirror.reader(), index.clone());
        let (writer, mut worker) = crate::writer::pair(mirror, index, options);
        match worker.advance() {
            Ok(_) => worker.persist(),
            Err(WriteError::Facts(error)) => match std::sync::Arc::try_unwrap(error) {
                Ok(error) => return Err(error),
                Err(shared) => warn!(error = %shared, "the index is behind"),
            },
            Err(error) => {
                let reason = explain::chain(&error).join(": ");
                warn!(reason, hint = %error.next_step(), "starting with what the mirror knows");
                worker.index_tip()?;
            }
        }
        Ok(Self { writer, reader, worker })
    }
}
