//! Making reader, writer and worker out of a folder and a remote.

use std::path::PathBuf;
use std::sync::Arc;

use artifact::Person;
use git_mirror::{Mirror, Remote, Signer};
use jiff::Zoned;
use policy::GlobalRestriction;

use crate::ledger::Ledger;
use crate::places::Places;
use crate::{Landed, Observed, ReadError, Reader, Worker, Writer, writer};

/// What a config repository needs to be opened.
pub struct Options {
    /// A folder of our own for mirrors and indexes; all can be deleted while nothing runs.
    pub folder: PathBuf,
    /// Where the home branch lives: policies, settings, and every environment that lives nowhere else.
    pub remote: Remote,
    /// Who commits: this server.
    pub committer: Person,
    /// Signs commits, when a key is configured.
    pub signer: Option<Box<dyn Signer>>,
    /// Branch restrictions for every service.
    pub globals: Vec<GlobalRestriction>,
    /// Whether to follow a remote whose history was rewritten, once a person has looked into it.
    pub accept_rewritten_history: bool,
    /// Hears of every release that lands, whoever pushed it, once readers know it. It must not wait.
    pub landed: Box<dyn Fn(&Landed) + Send + Sync>,
    /// Hears how the writing goes. It must not wait.
    pub observed: Box<dyn Fn(Observed) + Send + Sync>,
    /// Hears that a history that was rewritten is followed, once readers know it: releases that were told of may be
    /// gone. It must not wait.
    pub rewritten: Box<dyn Fn() + Send + Sync>,
    /// The clock.
    pub now: Box<dyn Fn() -> Zoned + Send + Sync>,
}

/// An open config repository: its parts are handed to those who use them.
pub struct ConfigRepo {
    /// Sends requests to the worker.
    pub writer: Writer,
    /// Answers questions.
    pub reader: Reader,
    /// Does the writing, and starts the threads of other places; run it on a thread of its own.
    pub worker: Worker,
}

impl ConfigRepo {
    /// Opens what is known from before. Nothing is fetched: the worker does that first of all, so that a Git host that
    /// does not answer delays nobody who reads. Where nothing is known from before, readers are told so until then.
    ///
    /// # Errors
    /// When the folder cannot be used, or another process uses it.
    pub fn open(options: Options) -> Result<Self, ReadError> {
        let mirror = Mirror::open(&options.folder, options.remote.clone())?;
        let home = Ledger::open(mirror.reader(), &options.folder)?;
        let (jobs, waiting) = writer::channel();
        let places = Places::new(Arc::new(options), home.clone(), jobs.downgrade());
        let worker = Worker::new(waiting, mirror, home, Arc::clone(&places), true);
        // Else work that waits from before would be sent to the wrong place.
        worker.follow_places();
        Ok(Self { writer: Writer::new(jobs, Arc::clone(&places)), reader: Reader::new(places), worker })
    }
}
