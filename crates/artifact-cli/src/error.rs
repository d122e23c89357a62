//! What fails a step.

use std::borrow::Cow;
use std::io;
use std::path::PathBuf;

use explain::{Explain, Kind};

use crate::ci::CiError;
use crate::folder::FolderError;
use crate::mappings::MappingError;
use crate::push::PushError;

/// Why a step failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StepError {
    #[error(transparent)]
    Ci(#[from] CiError),
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error(transparent)]
    Mapping(#[from] MappingError),
    #[error(transparent)]
    Push(#[from] PushError),
    #[error("cannot write manual pages to '{}'", folder.display())]
    Manual {
        folder: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("cannot start")]
    Runtime(#[source] io::Error),
}

impl Explain for StepError {
    fn kind(&self) -> Kind {
        match self {
            Self::Ci(error) => error.kind(),
            Self::Folder(error) => error.kind(),
            Self::Mapping(error) => error.kind(),
            Self::Push(error) => error.kind(),
            Self::Manual { .. } => Kind::Failed,
            Self::Runtime(_) => Kind::Internal,
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Ci(error) => error.next_step(),
            Self::Folder(error) => error.next_step(),
            Self::Mapping(error) => error.next_step(),
            Self::Push(error) => error.next_step(),
            Self::Manual { .. } => "check the folder, its permissions and the disk".into(),
            Self::Runtime(_) => "try again".into(),
        }
    }
}
