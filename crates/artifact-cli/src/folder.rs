//! The folder of a build: its lock, and the two files that steps share.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use artifact::{ArtifactSpec, DecodeError};
use explain::{Explain, Kind};

use crate::message::Message;

/// Ends the name of a file that is being written.
const UNFINISHED: &str = ".unfinished";

/// The folder of a build.
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    root: PathBuf,
    artifact: PathBuf,
    message: PathBuf,
}

/// The folder, while nobody else changes its files. Steps of one build may run at the same time.
#[derive(Debug)]
pub(crate) struct Locked<'a> {
    folder: &'a Folder,
    // The lock ends with the handle, and with the process at the latest.
    _handle: File,
}

/// What is wrong with the folder or its files.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FolderError {
    #[error("cannot use the folder '{}'", path.display())]
    Root {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("read artifact '{}': file not found", path.display())]
    NotBegun { path: PathBuf },
    #[error("'{}' is not a regular file", path.display())]
    Special { path: PathBuf },
    #[error("cannot read '{}'", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("read artifact '{}'", path.display())]
    Artifact {
        path: PathBuf,
        #[source]
        source: DecodeError,
    },
    #[error("'{}' is not a message file", path.display())]
    Message {
        path: PathBuf,
        #[source]
        source: serde_json::Error,
    },
    #[error("cannot encode '{}'", path.display())]
    Encode {
        path: PathBuf,
        #[source]
        source: serde_json::Error,
    },
    #[error("cannot write '{}'", path.display())]
    Write {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

impl Explain for FolderError {
    fn kind(&self) -> Kind {
        match self {
            Self::Root { .. } | Self::NotBegun { .. } => Kind::NotFound,
            Self::Special { .. } | Self::Artifact { .. } | Self::Message { .. } => Kind::Invalid,
            Self::Read { .. } | Self::Write { .. } => Kind::Failed,
            Self::Encode { .. } => Kind::Internal,
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Root { .. } => "check --root".into(),
            Self::NotBegun { .. } => "run `artifact init` first, or check --root and --file".into(),
            Self::Special { .. } => "remove it, or check --root, --file and --message-file".into(),
            Self::Read { .. } | Self::Write { .. } => "check the permissions and the disk".into(),
            Self::Artifact { source, .. } => source.next_step(),
            Self::Message { path, .. } => {
                format!("remove '{}'; Slack will not be told of this build", path.display()).into()
            }
            Self::Encode { .. } => "report it: this should not happen".into(),
        }
    }
}

impl Folder {
    pub(crate) fn new(root: &Path, artifact: &Path, message: &Path) -> Self {
        Self { root: root.to_owned(), artifact: below(root, artifact), message: below(root, message) }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// What a step that was killed may have left; never part of an artifact.
    pub(crate) fn unfinished(&self) -> [PathBuf; 2] {
        [unfinished(&self.artifact), unfinished(&self.message)]
    }

    /// Makes the folder when it is not there.
    pub(crate) fn create(&self) -> Result<(), FolderError> {
        fs::create_dir_all(&self.root).map_err(|source| FolderError::Root { path: self.root.clone(), source })
    }

    /// Waits for its lock. The folder itself is what is locked, so that no lock file ends up in the artifact.
    pub(crate) fn lock(&self) -> Result<Locked<'_>, FolderError> {
        let failed = |source| FolderError::Root { path: self.root.clone(), source };
        // Opening a pipe would wait.
        if !fs::metadata(&self.root).map_err(failed)?.is_dir() {
            return Err(failed(io::ErrorKind::NotADirectory.into()));
        }
        let handle = File::open(&self.root).map_err(failed)?;
        handle.lock().map_err(failed)?;
        Ok(Locked { folder: self, _handle: handle })
    }
}

impl Locked<'_> {
    /// What is known of the build so far.
    pub(crate) fn artifact(&self) -> Result<ArtifactSpec, FolderError> {
        let path = &self.folder.artifact;
        let bytes = read(path)?.ok_or_else(|| FolderError::NotBegun { path: path.clone() })?;
        artifact::decode(&bytes).map_err(|source| FolderError::Artifact { path: path.clone(), source })
    }

    pub(crate) fn write_artifact(&self, spec: &ArtifactSpec) -> Result<(), FolderError> {
        write(&self.folder.artifact, spec.to_file())
    }

    /// The Slack message; `None` when none was posted.
    pub(crate) fn message(&self) -> Result<Option<Message>, FolderError> {
        let path = &self.folder.message;
        let Some(bytes) = read(path)? else { return Ok(None) };
        let message = serde_json::from_slice(&bytes);
        message.map(Some).map_err(|source| FolderError::Message { path: path.clone(), source })
    }

    /// Forgets the message of an earlier build in the same folder.
    pub(crate) fn forget_message(&self) -> Result<(), FolderError> {
        let path = &self.folder.message;
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(FolderError::Write { path: path.clone(), source: error })
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn write_message(&self, message: &Message) -> Result<(), FolderError> {
        write(&self.folder.message, go_json::to_file(message))
    }
}

/// A path in a folder, without the `./` of the folder we are in.
pub(crate) fn below(root: &Path, name: impl AsRef<Path>) -> PathBuf {
    if root == Path::new(".") { name.as_ref().to_owned() } else { root.join(name) }
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, FolderError> {
    // Opening a pipe would wait for whoever writes into it, and a device may never end.
    match fs::metadata(path) {
        Ok(file) if !file.is_file() => return Err(FolderError::Special { path: path.to_owned() }),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(FolderError::Read { path: path.to_owned(), source }),
    }
    fs::read(path).map(Some).map_err(|source| FolderError::Read { path: path.to_owned(), source })
}

/// Replaces a file as a whole: whoever reads it, or is killed, sees the old content or the new.
fn write(path: &Path, content: serde_json::Result<Vec<u8>>) -> Result<(), FolderError> {
    let content = content.map_err(|source| FolderError::Encode { path: path.to_owned(), source })?;
    let unfinished = unfinished(path);
    let replace = || {
        // A pipe that somebody left under this name would be waited for.
        match fs::remove_file(&unfinished) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = File::create_new(&unfinished)?;
        file.write_all(&content)?;
        file.sync_all()?;
        fs::rename(&unfinished, path)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()
    };
    replace().map_err(|source| {
        // On a full disk the little that was written is in the way of others.
        drop(fs::remove_file(&unfinished));
        FolderError::Write { path: path.to_owned(), source }
    })
}

fn unfinished(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(UNFINISHED);
    name.into()
}
