//! Signatures on commits, made in process.

use std::path::{Path, PathBuf};

use ssh_key::{HashAlg, LineEnding, PrivateKey};

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
}

impl explain::Explain for SignError {
    fn kind(&self) -> explain::Kind {
        match self {
            Self::Key { .. } | Self::Locked { .. } => explain::Kind::Usage,
            Self::Sign(_) => explain::Kind::Internal,
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
        }
    }
}

/// Signs with an SSH key (ed25519 or ECDSA P-256), as `gpg.format=ssh` does.
pub struct SshSigner(PrivateKey);

impl SshSigner {
    /// Reads a private key in OpenSSH's format, without pass-phrase.
    ///
    /// # Errors
    /// When the file holds no such key.
    pub fn read(path: &Path) -> Result<Self, SignError> {
        let wrong = |source| SignError::Key { path: path.to_owned(), source };
        let key = PrivateKey::read_openssh_file(path).map_err(wrong)?;
        if key.is_encrypted() {
            return Err(SignError::Locked { path: path.to_owned() });
        }
        Ok(Self(key))
    }
}

impl Signer for SshSigner {
    fn sign(&self, commit: &[u8]) -> Result<String, SignError> {
        let signature = self.0.sign("git", HashAlg::Sha512, commit).map_err(SignError::Sign)?;
        let armoured = signature.to_pem(LineEnding::LF).map_err(SignError::Sign)?;
        Ok(armoured.trim_end().to_owned())
    }
}

impl std::fmt::Debug for SshSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SshSigner({})", self.0.fingerprint(HashAlg::Sha256))
    }
}
