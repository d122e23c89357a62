//! Signatures by an SSH key.

use std::path::Path;

use ssh_key::{HashAlg, LineEnding, PrivateKey};

use super::{SignError, Signer};

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
