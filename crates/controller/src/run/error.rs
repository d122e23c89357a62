//! Why the controller does not run (any more).

use std::borrow::Cow;
use std::io;
use std::net::SocketAddr;

use agent::ClusterError;
use explain::{Explain, Kind};
use logs::LogError;
use tokio::task::JoinError;

use crate::settings::SettingsError;

/// Why the controller does not run (any more).
#[derive(Debug, thiserror::Error)]
pub enum ControllerError {
    /// Flags do not fit.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The log cannot be set up.
    #[error(transparent)]
    Log(#[from] LogError),
    /// It is not known how to reach the cluster.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// The mirror cannot be used.
    #[error(transparent)]
    Mirror(#[from] git_mirror::Error),
    /// The engine has ended.
    #[error(transparent)]
    Engine(#[from] reconcile::Ended),
    /// A port cannot be had.
    #[error("cannot listen on {address}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// The flag that says so.
        flag: &'static str,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The system gives us no event loop.
    #[error("cannot start the event loop")]
    Runtime {
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A part ended by itself.
    #[error("a part of the controller ended early")]
    TaskEnded,
    /// A part panicked.
    #[error("a part of the controller failed")]
    TaskFailed {
        /// How.
        #[source]
        source: JoinError,
    },
}

impl Explain for ControllerError {
    fn kind(&self) -> Kind {
        match self {
            Self::Settings(error) => error.kind(),
            Self::Log(error) => error.kind(),
            Self::Cluster(error) => error.kind(),
            Self::Mirror(error) => error.kind(),
            Self::Engine(error) => error.kind(),
            Self::Listen { .. } => Kind::Unavailable,
            Self::Runtime { .. } | Self::TaskEnded | Self::TaskFailed { .. } => Kind::Internal,
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Settings(error) => error.next_step(),
            Self::Log(error) => error.next_step(),
            Self::Cluster(error) => error.next_step(),
            Self::Mirror(error) => error.next_step(),
            Self::Engine(error) => error.next_step(),
            Self::Listen { flag, .. } => format!("choose another port with {flag}, or 0 for none").into(),
            Self::Runtime { .. } => "check the limits of open files and processes".into(),
            Self::TaskEnded | Self::TaskFailed { .. } => "report this as a bug, with the log".into(),
        }
    }
}
