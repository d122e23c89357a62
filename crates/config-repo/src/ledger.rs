//! The releases of one branch of one repository: its files, and the index of its history.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use artifact::{EnvName, Namespace, ServiceName};
use git_mirror::{CommitId, EntryKind, Snapshot, TreePath};

use crate::index::{Index, Landed};
use crate::{IndexError, ReadError, Running, facts, layout};

/// The reading half of one branch; its worker has the other.
#[derive(Clone)]
pub(crate) struct Ledger {
    git: git_mirror::Reader,
    index: Index,
    /// Whether the remote has answered since the start.
    answered: Arc<AtomicBool>,
    /// When the mirror was last known to equal the remote; before the first time, when it was opened.
    equal: Arc<Mutex<Instant>>,
    index_file: Arc<PathBuf>,
}

impl Ledger {
    /// With the index in this folder.
    pub(crate) fn open(git: git_mirror::Reader, folder: &Path) -> Result<Self, ReadError> {
        let index_file = folder.join("index.redb");
        let index = Index::open(&index_file)?;
        let equal = Arc::new(Mutex::new(Instant::now()));
        Ok(Self { git, index, answered: Arc::default(), equal, index_file: Arc::new(index_file) })
    }

    /// From now on "nothing is there" is what the remote says, not that nobody has asked it.
    pub(crate) fn has_answered(&self) {
        self.answered.store(true, Ordering::Release);
    }

    /// Notes when the mirror was what the remote is.
    pub(crate) fn was_equal(&self, at: Instant) {
        *self.equal.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }

    /// How old answers may be.
    pub(crate) fn age(&self) -> Duration {
        self.equal.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }

    /// The size of the index's file, as far as the disk tells.
    pub(crate) fn index_bytes(&self) -> u64 {
        self.index_file.metadata().map_or(0, |file| file.len())
    }

    /// The commit that answers are about; `None` while the branch is empty.
    pub(crate) fn tip(&self) -> Result<Option<CommitId>, ReadError> {
        self.known(Index::tip)
    }

    /// What the index says; that it knows nothing counts only when the remote has been asked.
    fn known<T>(
        &self,
        ask: impl FnOnce(&Index) -> Result<Option<T>, IndexError>,
    ) -> Result<Option<T>, ReadError> {
        // Looked at first: what is set in between can only make the answer come later.
        let answered = self.answered.load(Ordering::Acquire);
        match ask(&self.index)? {
            None if !answered => Err(ReadError::NotYetRead),
            known => Ok(known),
        }
    }

    /// The files at the tip.
    pub(crate) fn snapshot(&self) -> Result<Option<Snapshot>, ReadError> {
        Ok(self.tip()?.map(|tip| self.git.snapshot(tip)).transpose()?)
    }

    pub(crate) fn index(&self) -> &Index {
        &self.index
    }

    /// The environments there are folders of.
    pub(crate) fn folders(&self) -> Result<Vec<EnvName>, ReadError> {
        let Some(snapshot) = self.snapshot()? else { return Ok(Vec::new()) };
        let folders = snapshot.entries(&TreePath::root())?.into_iter();
        let folders = folders.filter(|entry| matches!(entry.kind, EntryKind::Folder(_)));
        Ok(folders.filter_map(|entry| entry.name.parse().ok()).collect())
    }

    /// What runs of a service in an environment. Without a namespace the environment's own is meant, and where nothing
    /// is there, the one the service lives in.
    pub(crate) fn running(
        &self,
        environment: &EnvName,
        service: &ServiceName,
        namespace: Option<&Namespace>,
    ) -> Result<Option<Running>, ReadError> {
        let env = environment.as_str();
        // Together: a release that lands between two questions would show without the person who made it.
        let Some((tip, newest)) = self.known(|index| index.newest(env, service.as_str()))? else {
            return Ok(None);
        };
        let snapshot = self.git.snapshot(tip)?;
        let mut place = namespace.map_or(env, Namespace::as_str).to_owned();
        let mut bytes = snapshot.blob(&layout::spec(env, &place, service.as_str()))?;
        if bytes.is_none() && namespace.is_none() {
            let other = facts::namespaces_with(&snapshot, env, service.as_str())?.into_iter().next();
            let Some(other) = other else { return Ok(None) };
            bytes = snapshot.blob(&layout::spec(env, &other, service.as_str()))?;
            place = other;
        }
        let Some(bytes) = bytes else { return Ok(None) };
        let spec = artifact::decode(&bytes);
        let landed =
            newest.filter(|landed| spec.as_ref().is_ok_and(|spec| spec.id == landed.record.artifact));
        let environment = environment.clone();
        Ok(Some(Running { environment, namespace: place, spec: spec.map_err(Into::into), landed }))
    }

    /// The spec a release put into the repository; `None` when its commit holds none.
    pub(crate) fn spec_bytes(&self, landed: &Landed) -> Result<Option<Vec<u8>>, ReadError> {
        let snapshot = self.git.snapshot(landed.commit)?;
        let (environment, service) = (landed.record.environment.as_str(), landed.record.service.as_str());
        let namespaces = facts::namespaces_with(&snapshot, environment, service)?;
        let namespace = match namespaces.as_slice() {
            [] => return Ok(None),
            [only] => only,
            [first, ..] => self.changed(&snapshot, landed, &namespaces)?.unwrap_or(first),
        };
        Ok(snapshot.blob(&layout::spec(environment, namespace, service))?)
    }

    /// Of several namespaces with the service, the one this commit touched.
    fn changed<'n>(
        &self,
        snapshot: &Snapshot,
        landed: &Landed,
        namespaces: &'n [String],
    ) -> Result<Option<&'n String>, ReadError> {
        let Some(parent) = self.git.commit(landed.commit)?.parents.first().copied() else { return Ok(None) };
        let before = self.git.snapshot(parent)?;
        for namespace in namespaces {
            let spec = layout::spec(&landed.record.environment, namespace, &landed.record.service);
            if before.blob_id(&spec)? != snapshot.blob_id(&spec)? {
                return Ok(Some(namespace));
            }
        }
        Ok(None)
    }
}
