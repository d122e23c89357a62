//! What can go wrong, and what to do about it.

use std::borrow::Cow;
use std::io;
use std::path::PathBuf;

use explain::{Explain, Kind};

/// The reason a library gave.
pub(crate) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A failure of the local mirror, or of the way to its remote.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder of the mirror cannot be used.
    #[error("cannot use the mirror at {}", path.display())]
    Folder {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another process holds the mirror.
    #[error("another process uses the mirror at {}", path.display())]
    InUse {
        /// The folder of the mirror.
        path: PathBuf,
    },
    /// An object that must be there cannot be read.
    #[error("cannot read {what} from the mirror")]
    Read {
        /// The object, as far as it has a name.
        what: String,
        /// Why.
        source: Cause,
    },
    /// An object or ref cannot be written.
    #[error("cannot write {what} to the mirror")]
    Write {
        /// The object or ref.
        what: String,
        /// Why.
        source: Cause,
    },
    /// A commit could not be signed.
    #[error("cannot sign the commit")]
    Sign(#[from] crate::SignError),
    /// The remote could not be asked.
    #[error(transparent)]
    Remote(#[from] RemoteError),
}

/// A remote that cannot be asked, or says no.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// No answer.
    #[error("cannot reach the Git repository {url}: {text}")]
    Unreachable {
        /// Its address.
        url: String,
        /// What Git said.
        text: String,
    },
    /// It does not let us in.
    #[error("the Git repository {url} refused us: {text}")]
    Refused {
        /// Its address.
        url: String,
        /// What Git said.
        text: String,
    },
    /// The `git` program failed otherwise.
    #[error("git failed on {url}: {text}")]
    Failed {
        /// The address.
        url: String,
        /// What Git said.
        text: String,
    },
    /// The `git` program cannot be run, or did not end in time.
    #[error("cannot exchange commits with {url}")]
    Program {
        /// The address.
        url: String,
        /// Why.
        source: process::RunError,
    },
}

impl Error {
    /// Wraps the reason an object could not be read.
    pub(crate) fn read(what: impl ToString, source: impl Into<Cause>) -> Self {
        Self::Read { what: what.to_string(), source: source.into() }
    }

    /// Wraps the reason something could not be written.
    pub(crate) fn write(what: impl ToString, source: impl Into<Cause>) -> Self {
        Self::Write { what: what.to_string(), source: source.into() }
    }

    /// Wraps an error of the file system.
    pub(crate) fn folder(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Folder { path, source }
    }
}

impl Explain for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Folder { .. } | Self::Read { .. } | Self::Write { .. } | Self::Sign(_) => Kind::Internal,
            Self::InUse { .. } => Kind::Conflict,
            Self::Remote(error) => error.kind(),
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Folder { path, .. } => {
                format!("see that {} is on a writable disk with free space", path.display()).into()
            }
            Self::InUse { .. } => "stop the other process, or give this one a folder of its own".into(),
            Self::Read { .. } => "try again: a damaged mirror is made again from the remote".into(),
            Self::Write { .. } => "see that the mirror is on a writable disk with free space".into(),
            Self::Sign(_) => "check the signing key".into(),
            Self::Remote(error) => error.next_step(),
        }
    }
}

impl Explain for RemoteError {
    fn kind(&self) -> Kind {
        match self {
            Self::Unreachable { .. } => Kind::Unavailable,
            Self::Refused { .. } => Kind::Denied,
            Self::Failed { .. } => Kind::Failed,
            Self::Program { source, .. } => source.kind(),
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Unreachable { .. } => {
                "check the address and that the Git host is up, then try again".into()
            }
            Self::Refused { .. } => "give the key or token access to the repository".into(),
            Self::Failed { .. } => "read what git said; the repository may need repair".into(),
            Self::Program { source, .. } => source.next_step(),
        }
    }
}
