//! One place beside home, open: its ledger, and its worker on a thread.

use std::sync::Arc;
use std::thread::JoinHandle;

use git_mirror::{Mirror, Remote};
use tokio::sync::mpsc;

use super::Places;
use crate::ledger::Ledger;
use crate::writer::{self, Job, Worker};
use crate::{PlaceError, ReadError};

/// A place whose worker runs. When the last owner drops it, the worker ends what waits, and then itself.
pub(crate) struct Open {
    pub(crate) remote: Remote,
    pub(crate) ledger: Ledger,
    pub(crate) jobs: mpsc::Sender<Job>,
}

impl Open {
    /// Opens mirror and index, and starts the worker; talks to no remote.
    pub(crate) fn new(places: &Arc<Places>, remote: Remote) -> Result<(Self, JoinHandle<()>), PlaceError> {
        let (mirror, ledger) = parts(places, &remote).map_err(|source| PlaceError::Open {
            url: remote.url.clone(),
            branch: remote.branch.clone(),
            source: Box::new(source),
        })?;
        let (jobs, waiting) = writer::channel();
        let worker = Worker::new(waiting, mirror, ledger.clone(), Arc::clone(places), false);
        let thread = std::thread::Builder::new()
            .name(format!("place {}", remote.branch))
            .spawn(move || worker.run())
            .map_err(PlaceError::Thread)?;
        Ok((Self { remote, ledger, jobs }, thread))
    }

    /// Whether it is of this branch of this repository.
    pub(crate) fn is(&self, remote: &Remote) -> bool {
        self.remote.url == remote.url && self.remote.branch == remote.branch
    }

    /// Whether its worker runs.
    pub(crate) fn works(&self) -> bool {
        !self.jobs.is_closed()
    }
}

fn parts(places: &Places, remote: &Remote) -> Result<(Mirror, Ledger), ReadError> {
    let folder = places.options().folder.join("places").join(name(remote));
    let mirror = Mirror::open(&folder, remote.clone())?;
    let ledger = Ledger::open(mirror.reader(), &folder)?;
    Ok((mirror, ledger))
}

/// A folder's name for a remote: the same at every start, and another for every remote. By the hash that Fowler, Noll
/// and Vo made, which does not change with a library.
fn name(remote: &Remote) -> String {
    let text = format!("{}\n{}", remote.url, remote.branch);
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!("{hash:016x}")
}
