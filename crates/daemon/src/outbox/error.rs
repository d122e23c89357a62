//! What can go wrong with the outbox.

use std::borrow::Cow;
use std::io;
use std::path::PathBuf;

use explain::{Explain, Kind};

/// Why the outbox does not work.
#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    /// The data directory cannot be made.
    #[error("cannot make the data directory {}", path.display())]
    Directory {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Another daemon works with it.
    #[error("the outbox {} is in use by another process", path.display())]
    InUse {
        /// Which.
        path: PathBuf,
    },
    /// It was written by a later version.
    #[error("the outbox {} has format {found}, which this version does not know", path.display())]
    Format {
        /// Which.
        path: PathBuf,
        /// The format it says it has.
        found: u64,
    },
    /// It cannot be read or written.
    #[error("cannot use the outbox {}", path.display())]
    Storage {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: Box<redb::Error>,
    },
    /// A write did not come to its end.
    #[error("a write to the outbox was interrupted")]
    Interrupted,
    /// A value cannot be written as JSON.
    #[error("cannot write an entry of the outbox as JSON")]
    Encode {
        /// Why.
        #[source]
        source: serde_json::Error,
    },
}

impl Explain for OutboxError {
    fn kind(&self) -> Kind {
        match self {
            Self::Directory { .. } | Self::InUse { .. } | Self::Format { .. } => Kind::Invalid,
            Self::Storage { .. } => Kind::Unavailable,
            Self::Interrupted | Self::Encode { .. } => Kind::Internal,
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Directory { .. } => "give a directory this user may write with --data-dir".into(),
            Self::InUse { .. } => {
                "stop the other release-daemon, or give each its own directory with --data-dir".into()
            }
            Self::Format { path, .. } => format!(
                "run the version that wrote it, or remove {}: states still true are then reported again",
                path.display()
            )
            .into(),
            Self::Storage { path, .. } => format!(
                "check the disk and its free space; if the file is damaged remove {}: states still true are then reported again",
                path.display()
            )
            .into(),
            Self::Interrupted | Self::Encode { .. } => "report this as a bug, with the log".into(),
        }
    }
}
