//! Whether the config repository's host answers, for who asks whether the server is well.

use std::sync::{Mutex, PoisonError};

/// Why the last look at the repository showed nothing; nothing while the host answers.
#[derive(Debug, Default)]
pub(crate) struct GitHost(Mutex<Option<String>>);

impl GitHost {
    /// What the last look came to.
    pub(crate) fn looked(&self, problem: Option<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = problem;
    }

    /// What is wrong with it.
    pub(crate) fn problem(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
