//! What can go wrong, and what to do about it.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

use explain::{Explain, Kind};

/// `release-manager.yaml` cannot be used.
#[derive(Clone, Debug, thiserror::Error)]
#[error("release-manager.yaml of the config repository is wrong: {problem}")]
pub struct SettingsError {
    pub(crate) problem: String,
}

/// The index cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// Its file cannot be opened or made.
    #[error("cannot open the release index {}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Box<redb::Error>,
    },
    /// A read or write failed.
    #[error("cannot use the release index")]
    Use(#[source] Box<redb::Error>),
    /// A record in it cannot be read.
    #[error("the release index holds a record that cannot be read")]
    Record(#[source] serde_json::Error),
    /// Another process has it open.
    #[error("another process uses the release index {}", path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
}

impl<E: Into<redb::Error>> From<E> for IndexError {
    fn from(error: E) -> Self {
        Self::Use(Box::new(error.into()))
    }
}

/// A question that cannot be answered.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The mirror cannot be read.
    #[error(transparent)]
    Mirror(#[from] git_mirror::Error),
    /// The index cannot be read.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The settings are wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A policy file is wrong.
    #[error(transparent)]
    Policies(#[from] policy::PolicyFileError),
}

/// A request that was not decided, or decided and not landed. Nothing of it is in the repository, except after
/// [`WriteError::Unknown`], which the same request sent again will tell.
#[derive(Clone, Debug, thiserror::Error)]
pub enum WriteError {
    /// The Git host was not reached.
    #[error("the config repository cannot be reached: {text}")]
    Unreachable {
        /// What Git said.
        text: String,
    },
    /// The Git host does not accept the commit.
    #[error("the config repository refused the commit: {text}")]
    Refused {
        /// What Git said.
        text: String,
    },
    /// The connection ended before the answer.
    #[error("the config repository did not say whether it took the commit: {text}")]
    Unknown {
        /// What Git said.
        text: String,
    },
    /// The Git host did not take it, though nobody else pushed.
    #[error("the config repository did not take the commit: {text}")]
    NotTaken {
        /// What Git said.
        text: String,
    },
    /// Others kept pushing first.
    #[error("others pushed to the config repository first, {attempts} times in a row")]
    Contended {
        /// How often it was tried.
        attempts: u32,
    },
    /// History went back or sideways; nothing is written until a person has looked.
    #[error("the history of the config repository was rewritten")]
    Rewritten,
    /// The artifact cannot be placed in the repository.
    #[error("the artifact cannot be released")]
    Artifact(#[source] artifact::NameError),
    /// What the decision needs cannot be read.
    #[error("cannot decide")]
    Facts(#[source] Arc<ReadError>),
    /// The mirror cannot be written.
    #[error("cannot build the commit")]
    Mirror(#[source] Arc<git_mirror::Error>),
    /// The writer has stopped.
    #[error("the writer of the config repository has stopped")]
    Stopped,
    /// Too many requests wait already.
    #[error("{waiting} requests wait for the config repository already")]
    Full {
        /// How many wait.
        waiting: usize,
    },
}

impl Explain for SettingsError {
    fn kind(&self) -> Kind {
        Kind::Invalid
    }

    fn next_step(&self) -> Cow<'static, str> {
        "correct release-manager.yaml in the root of the config repository".into()
    }
}

impl Explain for IndexError {
    fn kind(&self) -> Kind {
        match self {
            Self::Open { .. } | Self::Use(_) | Self::Record(_) => Kind::Internal,
            Self::InUse { .. } => Kind::Conflict,
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Open { path, .. } => {
                format!("see that {} is on a writable disk with free space", path.display()).into()
            }
            Self::Use(_) | Self::Record(_) => "restart: the index is made again from Git".into(),
            Self::InUse { .. } => "stop the other process, or give this one a folder of its own".into(),
        }
    }
}

impl Explain for ReadError {
    fn kind(&self) -> Kind {
        match self {
            Self::Mirror(error) => error.kind(),
            Self::Index(error) => error.kind(),
            Self::Settings(error) => error.kind(),
            Self::Policies(error) => error.kind(),
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Mirror(error) => error.next_step(),
            Self::Index(error) => error.next_step(),
            Self::Settings(error) => error.next_step(),
            Self::Policies(error) => error.next_step(),
        }
    }
}

impl Explain for WriteError {
    fn kind(&self) -> Kind {
        match self {
            Self::Unreachable { .. }
            | Self::Unknown { .. }
            | Self::NotTaken { .. }
            | Self::Contended { .. }
            | Self::Stopped
            | Self::Full { .. } => Kind::Unavailable,
            Self::Refused { .. } => Kind::Denied,
            Self::Rewritten => Kind::Conflict,
            Self::Artifact(error) => Explain::kind(error),
            Self::Facts(error) => passing(error.kind()),
            Self::Mirror(error) => passing(error.kind()),
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Unreachable { .. } => "wait until the Git host answers, then try again".into(),
            Self::Refused { .. } => {
                "allow the server's key to push to the config repository, or see what its hook wants".into()
            }
            Self::Unknown { .. } => {
                "send the same request again: if the commit landed, that is the answer".into()
            }
            Self::NotTaken { .. } => "see what ails the Git host's repository, then try again".into(),
            Self::Contended { .. } | Self::Stopped | Self::Full { .. } => "try again".into(),
            Self::Rewritten => {
                "find out who changed its history; then restart the server with --accept-rewritten-history"
                    .into()
            }
            Self::Artifact(error) => error.next_step(),
            Self::Facts(error) => error.next_step(),
            Self::Mirror(error) => error.next_step(),
        }
    }
}

/// Trouble on our own disk says nothing about a request, which must outlive it.
fn passing(kind: Kind) -> Kind {
    if matches!(kind, Kind::Internal) { Kind::Unavailable } else { kind }
}
