//! What fails an upload.

use std::borrow::Cow;

use api::ClientError;
use explain::{Explain, Kind};

use super::git_error::GitError;
use super::package::PackageError;
use super::token::TokenError;
use super::upload::UploadError;
use crate::folder::FolderError;
use crate::http::Lost;

/// Why an artifact was not uploaded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PushError {
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error(transparent)]
    Package(#[from] PackageError),
    #[error(transparent)]
    Git(#[from] GitError),
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error("cannot reach the release manager at {address}")]
    Unreachable {
        address: String,
        #[source]
        source: Lost,
    },
    #[error(transparent)]
    Server(Box<ClientError>),
    #[error(transparent)]
    Upload(#[from] UploadError),
}

impl From<ClientError> for PushError {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Unreachable { address, source } => {
                Self::Unreachable { address, source: source.into() }
            }
            other => Self::Server(Box::new(other)),
        }
    }
}

impl Explain for PushError {
    fn kind(&self) -> Kind {
        match self {
            Self::Folder(error) => error.kind(),
            Self::Package(error) => error.kind(),
            Self::Git(error) => error.kind(),
            Self::Token(error) => error.kind(),
            Self::Unreachable { .. } => Kind::Unavailable,
            // A fault of the server is none of ours.
            Self::Server(error) if error.kind() == Kind::Internal => Kind::Unavailable,
            Self::Server(error) => error.kind(),
            Self::Upload(error) => error.kind(),
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Folder(error) => error.next_step(),
            Self::Package(error) => error.next_step(),
            Self::Git(error) => error.next_step(),
            Self::Token(error) => error.next_step(),
            Self::Unreachable { .. } => {
                "check ARTIFACT_URL, and that this CI job can reach the server".into()
            }
            Self::Server(error) => match error.kind() {
                Kind::Unauthenticated => {
                    "check ARTIFACT_AUTH_TOKEN, or the client id and secret of this CI job".into()
                }
                Kind::Usage
                | Kind::Denied
                | Kind::NotFound
                | Kind::Conflict
                | Kind::Invalid
                | Kind::Unavailable
                | Kind::Failed
                | Kind::Internal => error.next_step(),
            },
            Self::Upload(error) => error.next_step(),
        }
    }
}
