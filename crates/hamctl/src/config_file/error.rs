//! What is wrong with the configuration file.

use std::borrow::Cow;
use std::io;
use std::path::PathBuf;

use explain::{Explain, Kind};

use crate::suggest;

/// Why the configuration file is of no use.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigFileError {
    #[error("cannot read {}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("cannot write {}", path.display())]
    Unwritable { path: PathBuf, source: io::Error },
    #[error("{} is wrong: {problem}", path.display())]
    Wrong { path: PathBuf, problem: String },
    #[error("there is no server '{name}' in {}", path.display())]
    UnknownServer { name: String, path: PathBuf, known: Vec<String> },
    #[error("there is a server '{name}' in {} already", path.display())]
    Taken { name: String, path: PathBuf },
    #[error("`{name}` is no name for a server")]
    BadName { name: String },
    #[error("`{url}` is not the address of a server")]
    BadUrl { url: String },
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
