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

impl IndexError {
    /// Whether what is in the file is no longer what was written, or was never ours.
    pub(crate) fn is_damage(&self) -> bool {
        use std::io::ErrorKind::{InvalidData, UnexpectedEof};
        match self {
            Self::Open { source, .. } | Self::Use(source) => match &**source {
                redb::Error::Io(error) => matches!(error.kind(), InvalidData | UnexpectedEof),
                redb::Error::Corrupted(_)
                | redb::Error::RepairAborted
                | redb::Error::UpgradeRequired(_)
                | redb::Error::TableTypeMismatch { .. }
                | redb::Error::TypeDefinitionChanged { .. } => true,
                // The library's list grows; what it does not call damage is none.
                _ => false,
            },
            Self::Record(_) => true,
            Self::InUse { .. } => false,
        }
    }
}

impl<E: Into<redb::Error>> From<E> for IndexError {
    fn from(error: E) -> Self {
        Self::Use(Box::new(error.into()))
    }
}

/// An environment whose place cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// Its repository has no address that can be used.
    #[error("release-manager.yaml names a repository that cannot be used")]
    Address(#[source] git_mirror::InvalidRemote),
    /// Its branch has no name that can be used.
    #[error("release-manager.yaml names a branch that cannot be used")]
    Branch(#[source] git_mirror::InvalidRemote),
    /// The password of the home repository would go to somebody else.
    #[error("{url} is on another host than the home repository {home}, whose password it would get")]
    OtherHost {
        /// The repository.
        url: git_mirror::RemoteUrl,
        /// The home repository.
        home: git_mirror::RemoteUrl,
    },
    /// It is on our own disk, and the home repository is not.
    #[error("{url} is a folder of this machine, and the home repository is none")]
    Local {
        /// The repository.
        url: git_mirror::RemoteUrl,
    },
    /// Its mirror or index cannot be opened.
    #[error("the branch {branch} of {url} cannot be opened")]
    Open {
        /// The repository.
        url: git_mirror::RemoteUrl,
        /// The branch.
        branch: git_mirror::Branch,
        /// Why.
        source: Box<ReadError>,
    },
    /// There is no thread for it.
    #[error("no thread can be started for the environment's place")]
    Thread(#[source] std::io::Error),
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
    /// The remote has not answered since the start, and nothing is known from before.
    #[error("the config repository has not been read yet")]
    NotYetRead,
    /// The environment's place cannot be used.
    #[error(transparent)]
    Place(Arc<PlaceError>),
    /// The settings are wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A policy file is wrong.
    #[error(transparent)]
    Policies(#[from] policy::PolicyFileError),
    /// A file of rules is none, or too large.
    #[error(transparent)]
    Rules(#[from] crate::RuleFileError),
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
    /// The environment's place cannot be used.
    #[error("the environment {environment} cannot be changed")]
    Place {
        /// The environment.
        environment: artifact::EnvName,
        /// Why.
        source: Arc<PlaceError>,
    },
    /// The environment has just moved to another branch or repository.
    #[error("the environment {environment} has just moved to another branch or repository")]
    Moved {
        /// The environment.
        environment: artifact::EnvName,
    },
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

impl Explain for crate::RuleFileError {
    fn kind(&self) -> Kind {
        Kind::Invalid
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::NotAFile { path } => {
                format!("put a plain file in the place of {path}, or remove it").into()
            }
            Self::TooLarge { path, .. } => format!("see who has written {path}, and shorten it").into(),
        }
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

impl Explain for PlaceError {
    fn kind(&self) -> Kind {
        match self {
            Self::Address(_) | Self::Branch(_) | Self::OtherHost { .. } | Self::Local { .. } => Kind::Invalid,
            Self::Open { source, .. } => source.kind(),
            Self::Thread(_) => Kind::Internal,
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Address(error) | Self::Branch(error) => error.next_step(),
            Self::OtherHost { .. } => {
                "move it to the host of the home repository, or use SSH, where one key opens both".into()
            }
            Self::Local { .. } => "give its address by SSH or HTTPS in release-manager.yaml".into(),
            Self::Open { source, .. } => source.next_step(),
            Self::Thread(_) => "raise the limit of threads for the server".into(),
        }
    }
}

impl ReadError {
    /// Whether only the place of one environment is at fault, once the home branch has answered.
    #[must_use]
    pub fn is_of_one_place(&self) -> bool {
        match self {
            Self::Place(_) | Self::NotYetRead => true,
            Self::Mirror(_) | Self::Index(_) | Self::Settings(_) | Self::Policies(_) | Self::Rules(_) => {
                false
            }
        }
    }
}

impl Explain for ReadError {
    fn kind(&self) -> Kind {
        match self {
            Self::Mirror(error) => error.kind(),
            Self::Index(error) => error.kind(),
            Self::NotYetRead => Kind::Unavailable,
            Self::Place(error) => error.kind(),
            Self::Settings(error) => error.kind(),
            Self::Policies(error) => error.kind(),
            Self::Rules(error) => error.kind(),
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Mirror(error) => error.next_step(),
            Self::Index(error) => error.next_step(),
            Self::NotYetRead => {
                "try again in some seconds; if it lasts, see in the server's log why the Git host does not answer"
                    .into()
            }
            Self::Place(error) => error.next_step(),
            Self::Settings(error) => error.next_step(),
            Self::Policies(error) => error.next_step(),
            Self::Rules(error) => error.next_step(),
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
            | Self::Moved { .. }
            | Self::Stopped
            | Self::Full { .. } => Kind::Unavailable,
            Self::Place { source, .. } => passing(source.kind()),
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
            Self::Contended { .. } | Self::Moved { .. } | Self::Stopped | Self::Full { .. } => {
                "try again".into()
            }
            Self::Place { source, .. } => source.next_step(),
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
