//! Whether an object has become what its spec asks for.

pub(crate) mod batch;
pub(crate) mod generic;
pub(crate) mod network;
pub(crate) mod other;
pub(crate) mod storage;
pub(crate) mod workload;

#[cfg(test)]
mod tests;

use std::fmt;

use serde_json::Value;

use crate::kinds::{Observe, kind_of};
use crate::read::text;

/// What an object has come to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Health {
    /// It is what its spec asks for.
    Current,
    /// It is on the way; the reason says what is missing.
    InProgress(String),
    /// It will not get there by waiting; the reason says why.
    Failed(String),
    /// It is being deleted.
    Terminating,
}

impl Health {
    /// Whether it is what its spec asks for.
    #[must_use]
    pub fn is_current(&self) -> bool {
        *self == Self::Current
    }

    pub(crate) fn in_progress(reason: impl Into<String>) -> Self {
        Self::InProgress(reason.into())
    }

    pub(crate) fn failed(reason: impl Into<String>) -> Self {
        Self::Failed(reason.into())
    }
}

impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Current => f.write_str("current"),
            Self::InProgress(reason) => write!(f, "in progress: {reason}"),
            Self::Failed(reason) => write!(f, "failed: {reason}"),
            Self::Terminating => f.write_str("being deleted"),
        }
    }
}

/// The health of an object as the API server returns it.
///
/// ```
/// use kube_status::{Health, health};
/// let claim = serde_json::json!({
///     "apiVersion": "v1", "kind": "PersistentVolumeClaim", "status": {"phase": "Pending"},
/// });
/// assert_eq!(health(&claim), Health::InProgress("the claim is Pending, not Bound".into()));
/// ```
#[must_use]
pub fn health(object: &Value) -> Health {
    let row = kind_of(group(object), text(object, "/kind"));
    if !text(object, "/metadata/deletionTimestamp").is_empty() {
        return Health::Terminating;
    }
    match row.observe {
        Observe::Existence => Health::Current,
        Observe::Status => generic::before(object).unwrap_or_else(|| row.health(object)),
    }
}

fn group(object: &Value) -> &str {
    text(object, "/apiVersion").split_once('/').map_or("", |(group, _)| group)
}
