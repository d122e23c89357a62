//! Why the store has no answer.

use std::borrow::Cow;

use artifact::{ArtifactId, ServiceName};
use explain::{Explain, Kind};

use crate::{IndexError, ReadError, S3Error};

/// Why the store has no answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such artifact.
    #[error("there is no artifact '{id}' of service '{service}'")]
    NotFound {
        /// The service.
        service: ServiceName,
        /// The id asked for.
        id: ArtifactId,
    },
    /// There is one, with other content; artifacts do not change.
    #[error("artifact '{id}' of service '{service}' was uploaded before, with other content")]
    Exists {
        /// The service.
        service: ServiceName,
        /// The id.
        id: ArtifactId,
    },
    /// It was something else when it was first seen.
    #[error(
        "artifact '{id}' of service '{service}' is no longer what it was: it was overwritten after it was first seen"
    )]
    Changed {
        /// The service.
        service: ServiceName,
        /// The id.
        id: ArtifactId,
    },
    /// Uploads are not taken: artifacts come by a push.
    #[error("artifacts are not uploaded to this server: CI pushes them to {url}")]
    PushInstead {
        /// The repository.
        url: String,
        /// The branch for the artifact.
        branch: String,
    },
    /// It is there and cannot be used.
    #[error("artifact '{id}' of service '{service}' cannot be read")]
    Broken {
        /// The service.
        service: ServiceName,
        /// The id.
        id: ArtifactId,
        /// What is wrong with it.
        #[source]
        source: ReadError,
    },
    /// The folder or S3 did not do what was asked.
    #[error("the artifact store at {place} did not answer")]
    Unavailable {
        /// The folder or the bucket.
        place: String,
        /// Why.
        #[source]
        source: object_store::Error,
    },
    /// The mirror of the repository with artifacts failed, or its remote.
    #[error("the artifacts of {place} cannot be read")]
    Mirror {
        /// The repository.
        place: String,
        /// Why.
        #[source]
        source: Box<git_mirror::Error>,
    },
    /// A thread of ours broke.
    #[error("reading an artifact of {place} broke off")]
    Thread {
        /// Where it is kept.
        place: String,
        /// Why.
        #[source]
        source: tokio::task::JoinError,
    },
    /// The settings of the store are wrong.
    #[error("the artifact store at {place} cannot be set up")]
    SetUp {
        /// The folder or the bucket.
        place: String,
        /// Why.
        #[source]
        source: object_store::Error,
    },
    /// The folder cannot be made.
    #[error("the folder {place} for artifacts cannot be made")]
    Folder {
        /// The folder.
        place: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The bucket cannot be found or made.
    #[error("the bucket {bucket} for artifacts cannot be set up")]
    Bucket {
        /// Its name.
        bucket: String,
        /// Why.
        #[source]
        source: Box<S3Error>,
    },
    /// The index file failed.
    #[error("the index of artifacts failed")]
    Index(#[source] IndexError),
}

impl StoreError {
    /// Whether the artifact itself is at fault, and not the way to it.
    pub(crate) fn is_of_content(&self) -> bool {
        matches!(self, Self::Broken { .. } | Self::Changed { .. })
    }
}

impl Explain for StoreError {
    fn kind(&self) -> Kind {
        match self {
            Self::NotFound { .. } => Kind::NotFound,
            Self::Exists { .. } | Self::Changed { .. } | Self::PushInstead { .. } => Kind::Conflict,
            Self::Broken { .. } => Kind::Invalid,
            Self::Unavailable { .. } | Self::Bucket { .. } => Kind::Unavailable,
            Self::SetUp { .. } => Kind::Usage,
            Self::Folder { .. } | Self::Index(_) | Self::Thread { .. } => Kind::Internal,
            Self::Mirror { source, .. } => source.kind(),
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::NotFound { service, .. } => {
                format!("see which artifacts there are: hamctl describe artifact --service {service}").into()
            }
            Self::Exists { .. } => "give the new build an id of its own".into(),
            Self::Changed { .. } => {
                "find out who wrote to the artifact store, and build it anew under an id of its own".into()
            }
            Self::PushInstead { url, branch } => {
                format!("push the artifact's files as branch {branch} of {url}; see the manual of artifact")
                    .into()
            }
            Self::Broken { source, .. } => source.next_step(),
            Self::Mirror { source, .. } => source.next_step(),
            Self::Thread { .. } => "try again; report it if it comes again".into(),
            Self::Unavailable { place, .. } => {
                format!("check that {place} can be reached, then try again").into()
            }
            Self::SetUp { .. } => "check the bucket's name, --s3-endpoint and --s3-region".into(),
            Self::Folder { place, .. } => format!("let the server write to {place}").into(),
            Self::Bucket { source, .. } => source.next_step(),
            Self::Index(source) => source.next_step(),
        }
    }
}
