//! What is wrong with the configuration file.

use std::borrow::Cow;
use std::io;
use std::path::PathBuf;

use explain::{Explain, Kind};

use crate::suggest;

/// Why the configuration file is of no use.
#[derive(Debug, thiserror::Error)]
pub enum ConfigFileError {
    /// The file is there and cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The file cannot be written.
    #[error("cannot write {}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// What it says is no configuration.
    #[error("{} is wrong: {problem}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// What is wrong, with the line.
        problem: String,
    },
    /// A server that it does not have.
    #[error("there is no server '{name}' in {}", path.display())]
    UnknownServer {
        /// The server that was asked for.
        name: String,
        /// The file.
        path: PathBuf,
        /// The servers that it has.
        known: Vec<String>,
    },
    /// A second server of one name.
    #[error("there is a server '{name}' in {} already", path.display())]
    Taken {
        /// The name.
        name: String,
        /// The file.
        path: PathBuf,
    },
    /// No name for a server.
    #[error("`{name}` is no name for a server")]
    BadName {
        /// What was given.
        name: String,
    },
    /// No address of a server.
    #[error("`{url}` is not the address of a server")]
    BadUrl {
        /// What was given.
        url: String,
    },
    /// Nobody's file.
    #[error("the folder of the configuration file is not known: neither HOME nor XDG_CONFIG_HOME is set")]
    NoHome,
}

impl Explain for ConfigFileError {
    fn kind(&self) -> Kind {
        match self {
            Self::Unreadable { .. } | Self::Wrong { .. } | Self::BadName { .. } | Self::BadUrl { .. } => {
                Kind::Usage
            }
            Self::UnknownServer { .. } => Kind::NotFound,
            Self::Taken { .. } => Kind::Conflict,
            Self::Unwritable { .. } | Self::NoHome => Kind::Failed,
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Unreadable { .. } => "see that it is a file you may read".into(),
            Self::Unwritable { .. } => "see that you may write there".into(),
            Self::Wrong { .. } => "correct it, or move it away and use `hamctl config add`".into(),
            Self::UnknownServer { name, known, .. } => match suggest::closest(name, known) {
                Some(meant) => format!("did you mean '{meant}'? Known servers: {}", known.join(", ")).into(),
                None if known.is_empty() => "add one with `hamctl config add NAME URL`".into(),
                None => format!("use one of the known servers: {}", known.join(", ")).into(),
            },
            Self::Taken { path, .. } => format!("take another name, or edit {}", path.display()).into(),
            Self::BadName { .. } => "use letters, digits, `.`, `-` and `_`".into(),
            Self::BadUrl { .. } => "give it as http://host:port or https://host".into(),
            Self::NoHome => "set HOME".into(),
        }
    }
}
