//! What a double has received, and waiting for it.

use std::fmt::Debug;
use std::time::Duration;

use tokio::sync::watch;

use crate::PartError;

/// A list that only grows, and wakes those who wait for an entry.
#[derive(Debug)]
pub struct Recorder<M> {
    entries: watch::Sender<Vec<M>>,
}

impl<M> Default for Recorder<M> {
    fn default() -> Self {
        Self { entries: watch::Sender::new(Vec::new()) }
    }
}

impl<M: Clone + Debug> Recorder<M> {
    /// Adds an entry.
    pub fn record(&self, entry: M) {
        self.entries.send_modify(|entries| entries.push(entry));
    }

    /// Everything so far, oldest first.
    #[must_use]
    pub fn all(&self) -> Vec<M> {
        self.entries.borrow().clone()
    }

    /// The first entry that `wanted` accepts, whether it is there already or still to come.
    ///
    /// # Errors
    /// When none came in time; the message shows what came instead.
    pub async fn wait_for(
        &self,
        what: &str,
        deadline: Duration,
        wanted: impl Fn(&M) -> bool,
    ) -> Result<M, PartError> {
        let mut entries = self.entries.subscribe();
        let seen = async {
            let entries = entries.wait_for(|all| all.iter().any(&wanted)).await.ok()?;
            entries.iter().find(|entry| wanted(entry)).cloned()
        };
        match tokio::time::timeout(deadline, seen).await {
            Ok(Some(entry)) => Ok(entry),
            Ok(None) | Err(_) => Err(PartError::Late {
                what: what.into(),
                waited: deadline,
                state: format!("{:#?}", self.all()),
            }),
        }
    }
}
