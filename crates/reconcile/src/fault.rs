//! Why a request to the cluster did not succeed.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use explain::{Explain, Kind};

/// The kinds of fault, as far as we act differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The server asks to slow down, perhaps for this long.
    Throttled(Option<Duration>),
    /// Nobody answered.
    Unreachable,
    /// The server failed, or took too long.
    Server,
    /// Somebody else was faster.
    Conflict,
    /// The object, or its kind, is not there.
    NotFound,
    /// We may not.
    Forbidden,
    /// The object is wrong.
    Invalid,
}

/// A request to the cluster that did not succeed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// What kind of fault.
    pub kind: FaultKind,
    /// The words of the server, or of the network.
    pub message: String,
}

impl Fault {
    /// A fault.
    #[must_use]
    pub fn new(kind: FaultKind, message: impl fmt::Display) -> Self {
        Self { kind, message: message.to_string() }
    }
}

impl Explain for Fault {
    fn kind(&self) -> Kind {
        match self.kind {
            FaultKind::Throttled(_) | FaultKind::Unreachable | FaultKind::Server => Kind::Unavailable,
            FaultKind::Conflict => Kind::Conflict,
            FaultKind::NotFound => Kind::NotFound,
            FaultKind::Forbidden => Kind::Denied,
            FaultKind::Invalid => Kind::Invalid,
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self.kind {
            FaultKind::Throttled(_) | FaultKind::Server => "wait: it is tried again".into(),
            FaultKind::Unreachable => {
                "check the address of the cluster and the network; it is tried again".into()
            }
            FaultKind::Conflict => "see who else writes the object; it is tried again".into(),
            FaultKind::NotFound => "see that the cluster serves this kind".into(),
            FaultKind::Forbidden => {
                "allow it to the controller's service account, see deploy/kubernetes/rights.yaml".into()
            }
            FaultKind::Invalid => "correct the object in the service's repository and release it".into(),
        }
    }
}
