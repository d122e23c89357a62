//! Signatures on commits: by an SSH key, in process, or by an OpenPGP key, through GnuPG.

mod gpg;
mod ssh;

use std::path::PathBuf;

pub use gpg::{GpgError, GpgSigner};
pub use ssh::SshSigner;

/// Signs the bytes of a commit.
pub trait Signer: Send + Sync {
    /// The signature as it stands in the commit's `gpgsig` header, armoured, without trailing line break.
    ///
    /// # Errors
    /// When the key cannot sign.
    fn sign(&self, commit: &[u8]) -> Result<String, SignError>;
}

/// A key that cannot be read, or cannot sign.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// Not a private key that can be used.
    #[error("cannot use the signing key {}", path.display())]
    Key {
        /// Its file.
        path: PathBuf,
        /// Why.
        source: ssh_key::Error,
    },
    /// It is locked by a pass-phrase.
    #[error("the signing key {} is locked by a pass-phrase", path.display())]
    Locked {
        /// Its file.
        path: PathBuf,
    },
    /// It did not sign.
    #[error("the key does not sign")]
    Sign(#[source] ssh_key::Error),
    /// GnuPG does not sign.
    #[error(transparent)]
    Gpg(#[from] GpgError),
}

impl explain::Explain for SignError {
    fn kind(&self) -> explain::Kind {
        match self {
            Self::Key { .. } | Self::Locked { .. } => explain::Kind::Usage,
            Self::Sign(_) => explain::Kind::Internal,
            Self::Gpg(error) => error.kind(),
        }
    }

    fn next_step(&self) -> std::borrow::Cow<'static, str> {
        match self {
            Self::Key { .. } | Self::Sign(_) => {
                "make one with `ssh-keygen -t ed25519 -N '' -f signing-key`".into()
            }
            Self::Locked { path } => {
                format!("remove the pass-phrase with `ssh-keygen -p -N '' -f {}`", path.display()).into()
            }
            Self::Gpg(error) => error.next_step(),
        }
    }
}
