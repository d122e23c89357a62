//! Why the queue cannot do what was asked.

use std::borrow::Cow;
use std::io::ErrorKind;
use std::path::{Display, PathBuf};

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
            Self::Open { path, source } => not_opened(&path.display(), source).into(),
            Self::Row { path, .. } => {
                format!("start the version that wrote {} and let it drain", path.display()).into()
            }
            Self::Thread(_) => "raise the limit of threads of the server".into(),
            Self::Overloaded => "try again in a moment".into(),
            Self::Stopped => "try again when the server has restarted".into(),
        }
    }
}

/// What waits in the file was promised to somebody, so no advice may lose it.
fn not_opened(path: &Display<'_>, source: &redb::Error) -> String {
    match source {
        redb::Error::DatabaseAlreadyOpen => format!("stop the other server that uses {path}: only one may"),
        redb::Error::Io(error) if error.kind() == ErrorKind::StorageFull => {
            format!("free space on the disk of {path}, then start again")
        }
        redb::Error::Io(error)
            if !matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::UnexpectedEof) =>
        {
            format!("check the disk of {path}, and that the server may write to it, then start again")
        }
        _ => format!(
            "keep a copy of {path}, move it away, start, and release again what `hamctl status` does not show"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hint(source: redb::Error) -> String {
        let error = QueueError::Open { path: "/data/queue.redb".into(), source: Box::new(source) };
        error.next_step().into_owned()
    }

    #[test]
    fn no_advice_loses_what_waits() {
        assert_eq!(
            hint(redb::Error::DatabaseAlreadyOpen),
            "stop the other server that uses /data/queue.redb: only one may"
        );
        assert_eq!(
            hint(redb::Error::Io(ErrorKind::StorageFull.into())),
            "free space on the disk of /data/queue.redb, then start again"
        );
        for damaged in
            [redb::Error::Io(ErrorKind::InvalidData.into()), redb::Error::Corrupted("a page".to_owned())]
        {
            assert!(hint(damaged).starts_with("keep a copy of /data/queue.redb, move it away"));
        }
    }
}
