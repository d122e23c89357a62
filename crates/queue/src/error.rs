//! Why the queue cannot do what was asked.

use std::borrow::Cow;
use std::path::PathBuf;

use explain::{Explain, Kind};

/// Why the queue cannot do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// The file cannot be opened.
    #[error("the queue {} cannot be opened", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: Box<redb::Error>,
    },
    /// A row cannot be read; it was written by another program or version.
    #[error("item {id} of the queue {} cannot be read", path.display())]
    Row {
        /// The file.
        path: PathBuf,
        /// The item.
        id: u64,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// The thread that owns the file cannot be started.
    #[error("no thread for the queue can be started")]
    Thread(#[source] std::io::Error),
    /// Too many callers wait for the disk.
    #[error("the queue's disk does not keep up")]
    Overloaded,
    /// The queue has stopped, after a fault of its disk or at the end of the program.
    #[error("the queue has stopped")]
    Stopped,
}

impl Explain for QueueError {
    fn kind(&self) -> Kind {
        match self {
            Self::Overloaded | Self::Stopped => Kind::Unavailable,
            Self::Open { .. } | Self::Row { .. } | Self::Thread(_) => Kind::Internal,
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Open { path, .. } => {
                format!("check that this is the only server on {} and may write to it", path.display()).into()
            }
            Self::Row { path, .. } => {
                format!("start the version that wrote {} and let it drain", path.display()).into()
            }
            Self::Thread(_) => "raise the limit of threads of the server".into(),
            Self::Overloaded => "try again in a moment".into(),
            Self::Stopped => "try again when the server has restarted".into(),
        }
    }
}
