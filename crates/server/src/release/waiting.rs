//! Callers that wait for their release, and the artifacts they brought.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use artifact::ReleaseId;
use artifact_store::Artifact;
use tokio::sync::oneshot;

use super::settle::Ending;

/// Who waits for which release.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    callers: Mutex<HashMap<ReleaseId, Caller>>,
}

/// A caller that waits. The artifact was read to answer the caller's mistakes, and need not be read again.
#[derive(Debug)]
pub(crate) struct Caller {
    pub(crate) artifact: Arc<Artifact>,
    pub(crate) answer: oneshot::Sender<Ending>,
}

impl Waiting {
    /// Adds a caller; it goes again when the returned guard is dropped.
    pub(crate) fn wait(
        &self,
        id: ReleaseId,
        artifact: Arc<Artifact>,
    ) -> (WaitGuard<'_>, oneshot::Receiver<Ending>) {
        let (answer, ending) = oneshot::channel();
        self.lock().insert(id, Caller { artifact, answer });
        (WaitGuard { waiting: self, id }, ending)
    }

    /// The artifact a caller brought, while it waits.
    pub(crate) fn artifact(&self, id: ReleaseId) -> Option<Arc<Artifact>> {
        self.lock().get(&id).map(|caller| caller.artifact.clone())
    }

    /// Answers the caller; `false` when nobody waits any more.
    pub(crate) fn answer(&self, id: ReleaseId, ending: Ending) -> bool {
        let caller = self.lock().remove(&id);
        caller.is_some_and(|caller| caller.answer.send(ending).is_ok())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<ReleaseId, Caller>> {
        self.callers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forgets the caller when it goes away.
pub(crate) struct WaitGuard<'a> {
    waiting: &'a Waiting,
    id: ReleaseId,
}

impl Drop for WaitGuard<'_> {
    fn drop(&mut self) {
        self.waiting.lock().remove(&self.id);
    }
}
