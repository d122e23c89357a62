//! Why something is not taken as an artifact.

use std::borrow::Cow;

use explain::{Explain, Kind};

/// Why a zip, or a folder of Git, is not taken as an artifact.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Not a zip, or its directory is broken.
    #[error("the upload is not a zip file")]
    NotAZip(#[source] zip::result::ZipError),
    /// The content of a file does not match its checksum, or is cut short.
    #[error("`{name}` in the zip is damaged")]
    Damaged {
        /// The file.
        name: String,
        /// What the decoder says.
        #[source]
        source: std::io::Error,
    },
    /// The zip itself is too large.
    #[error("the zip is larger than {} MiB", limit >> 20)]
    ZipTooLarge {
        /// What is allowed, in bytes.
        limit: u64,
    },
    /// Too many files.
    #[error("the artifact has more than {limit} entries")]
    TooManyEntries {
        /// What is allowed.
        limit: usize,
    },
    /// One file is too large.
    #[error("`{name}` in the artifact is larger than {} MiB", limit >> 20)]
    FileTooLarge {
        /// The file.
        name: String,
        /// What is allowed, in bytes.
        limit: u64,
    },
    /// All files together are too large.
    #[error("the artifact unpacks to more than {} MiB", limit >> 20)]
    UnpacksTooLarge {
        /// What is allowed, in bytes.
        limit: u64,
    },
    /// A name that is no plain relative path.
    #[error("the name `{name}` in the artifact {rule}")]
    BadName {
        /// The name.
        name: String,
        /// What is wrong with it.
        rule: &'static str,
    },
    /// A link, device or pipe.
    #[error("`{name}` in the artifact is neither a file nor a folder")]
    NotAFile {
        /// The entry.
        name: String,
    },
    /// An entry needs a password.
    #[error("`{name}` in the zip is encrypted")]
    Encrypted {
        /// The entry.
        name: String,
    },
    /// Two entries that could be taken for the same file.
    #[error("`{name}` and `{other}` in the artifact could be taken for the same file")]
    Clash {
        /// One.
        name: String,
        /// The other.
        other: String,
    },
    /// Not what was announced.
    #[error("its content is not what its upload address was given out for")]
    OtherContent,
    /// The same name more than once.
    #[error("the zip has two entries of the same name")]
    Duplicate,
    /// The spec is missing.
    #[error("it has no artifact.json in its root")]
    NoSpec,
    /// The spec cannot be read.
    #[error("its artifact.json cannot be read")]
    BrokenSpec(#[source] artifact::DecodeError),
    /// The spec belongs to another artifact than the name it was stored under.
    #[error("its artifact.json is of artifact '{id}' of service '{service}'")]
    OtherArtifact {
        /// The service it names.
        service: String,
        /// The id it names.
        id: String,
    },
}

impl Explain for ReadError {
    fn kind(&self) -> Kind {
        Kind::Invalid
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::NotAZip(_)
            | Self::Damaged { .. }
            | Self::Encrypted { .. }
            | Self::OtherContent
            | Self::NoSpec => "make and upload the artifact anew with `artifact push`".into(),
            Self::ZipTooLarge { .. }
            | Self::TooManyEntries { .. }
            | Self::FileTooLarge { .. }
            | Self::UnpacksTooLarge { .. } => {
                "keep only artifact.json and the rendered manifests in the artifact's folder".into()
            }
            Self::BadName { .. } => "rename the file in the service's build".into(),
            Self::NotAFile { .. } => "replace the link in the artifact's folder by the file itself".into(),
            Self::Clash { .. } | Self::Duplicate => {
                "rename one of the two files in the service's build".into()
            }
            Self::BrokenSpec(source) => source.next_step(),
            Self::OtherArtifact { .. } => {
                "upload each artifact under its own service and id, with `artifact push`".into()
            }
        }
    }
}
