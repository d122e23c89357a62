//! What GnuPG says when it does not sign, and what to do about it.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

use explain::{Explain, Kind};
use process::{Output, RunError};

/// An OpenPGP key that cannot be imported, or cannot sign.
#[derive(Debug, thiserror::Error)]
pub enum GpgError {
    /// The program cannot be run.
    #[error("cannot use OpenPGP keys")]
    Program(#[source] RunError),
    /// The key ring's folder cannot be made.
    #[error("cannot make a key ring in {}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file or folder of keys cannot be read.
    #[error("failed to import GPG key(s) from {}", path.display())]
    Read {
        /// The file or folder, as it was given.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file holds no key.
    #[error("failed to import GPG key(s) from {}: {text}", path.display())]
    Import {
        /// The file or folder, as it was given.
        path: PathBuf,
        /// What `gpg` said.
        text: String,
    },
    /// None of the imported keys is the one to sign with.
    #[error("no imported secret key is `{key}`: {text}")]
    NoKey {
        /// The key that was asked for.
        key: String,
        /// What `gpg` said.
        text: String,
    },
    /// The key is locked by a pass-phrase.
    #[error("the OpenPGP key `{key}` is locked by a pass-phrase")]
    Locked {
        /// The key.
        key: String,
    },
    /// The key did not sign.
    #[error("the OpenPGP key `{key}` does not sign: {text}")]
    Sign {
        /// The key.
        key: String,
        /// What `gpg` said.
        text: String,
    },
}

impl GpgError {
    pub(super) fn folder(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Folder { path, source }
    }

    /// Reads a run that gave no signature.
    pub(super) fn of_signing(key: &str, output: &Output) -> Self {
        let key = key.to_owned();
        let stderr = output.stderr_text();
        if stderr.contains("No pinentry") || stderr.contains("Bad passphrase") {
            return Self::Locked { key };
        }
        let text = said(output);
        if stderr.contains("INV_SGNR") || stderr.contains("No secret key") {
            return Self::NoKey { key, text };
        }
        Self::Sign { key, text }
    }
}

impl Explain for GpgError {
    fn kind(&self) -> Kind {
        match self {
            Self::Program(error) => error.kind(),
            Self::Folder { .. } | Self::Sign { .. } => Kind::Internal,
            Self::Read { .. } | Self::Import { .. } | Self::NoKey { .. } | Self::Locked { .. } => Kind::Usage,
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Program(RunError::Spawn { .. }) => {
                "install GnuPG (Debian: the package gnupg), or sign with an SSH key".into()
            }
            Self::Program(error) => error.next_step(),
            Self::Folder { path, .. } => {
                format!("see that {} is on a writable disk with free space", path.display()).into()
            }
            Self::Read { .. } | Self::Import { .. } => {
                "give files that `gpg --export-secret-keys --armor KEY` wrote, or a folder of such files".into()
            }
            Self::NoKey { .. } => {
                "name a key that can sign, by its fingerprint, and export it with its secret part".into()
            }
            Self::Locked { key } => {
                format!("remove the pass-phrase with `gpg --edit-key {key} passwd`, and export the key again")
                    .into()
            }
            Self::Sign { .. } => {
                "see that the key has not expired, and that the data folder has a short path (80 characters): \
                 GnuPG's agent listens there"
                    .into()
            }
        }
    }
}

/// What `gpg` said to people, on one line.
pub(super) fn said(output: &Output) -> String {
    let stderr = output.stderr_text();
    let lines: Vec<&str> = stderr
        .lines()
        .filter(|line| !line.starts_with("[GNUPG:]"))
        .map(|line| line.trim_start_matches("gpg: ").trim())
        .filter(|line| !line.is_empty() && !line.ends_with("created"))
        .collect();
    if lines.is_empty() { "gpg said nothing".to_owned() } else { lines.join("; ") }
}
