//! Signatures by an OpenPGP key, through the `gpg` program and a key ring of our own.
//!
//! A signature costs one run of `gpg`, some milliseconds, beside the agent that holds the key. The agent is a process
//! that outlives the run that needed it; it is stopped when the signer goes, and before one begins, since a killed
//! process of ours leaves it behind.

mod error;

use std::ffi::OsString;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use process::{Output, Program};
use tracing::warn;

use super::{SignError, Signer};

pub use error::GpgError;

/// Of a folder that its owner may read, write and enter, and nobody else; `gpg` asks for no less.
const OWNER_ONLY: u32 = 0o700;

/// How long one run of `gpg` may take: it waits for nothing but its agent.
const DEADLINE: Duration = Duration::from_secs(20);

/// Signs with an OpenPGP key without pass-phrase, as `git commit --gpg-sign` does.
pub struct GpgSigner {
    home: PathBuf,
    key: String,
}

impl GpgSigner {
    /// Makes a key ring in `home`, which is ours alone and made anew, imports the keys in these files, or in the files
    /// of these folders, and signs once with `key`, to be sure that it can.
    ///
    /// # Errors
    /// When `gpg` is not there, a file holds no key, or the key does not sign.
    pub fn open(home: &Path, key: &str, imports: &[PathBuf]) -> Result<Self, GpgError> {
        // From here on the agent is stopped whatever happens.
        let signer = Self { home: home.to_owned(), key: key.to_owned() };
        signer.stop_agent();
        match fs::remove_dir_all(home) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(GpgError::folder(home)(error));
            }
            _ => {}
        }
        DirBuilder::new().recursive(true).mode(OWNER_ONLY).create(home).map_err(GpgError::folder(home))?;
        for path in imports {
            for file in files(path)? {
                signer.import(path, &file)?;
            }
        }
        signer.signature(b"a first signature")?;
        Ok(signer)
    }

    fn import(&self, path: &Path, file: &Path) -> Result<(), GpgError> {
        let output = self.run(["--import".into(), "--".into(), file.into()], Vec::new())?;
        if output.succeeded() {
            return Ok(());
        }
        Err(GpgError::Import { path: path.to_owned(), text: error::said(&output) })
    }

    fn signature(&self, bytes: &[u8]) -> Result<String, GpgError> {
        let args = ["--detach-sign", "--armor", "--local-user", &self.key].map(OsString::from);
        let output = self.run(args, bytes.to_vec())?;
        let armoured = output.stdout_text();
        if output.succeeded() && armoured.starts_with("-----BEGIN PGP SIGNATURE-----") {
            return Ok(armoured);
        }
        Err(GpgError::of_signing(&self.key, &output))
    }

    fn run<const N: usize>(&self, args: [OsString; N], input: Vec<u8>) -> Result<Output, GpgError> {
        gnupg("gpg", &self.home)
            // No question is ever asked: a key that would need an answer fails.
            .args(["--batch", "--no-tty", "--pinentry-mode", "error", "--status-fd", "2"])
            // Whom to trust is no question when one signs.
            .args(["--trust-model", "always", "--no-auto-check-trustdb"])
            .args(args)
            .input(input)
            .run()
            .map_err(GpgError::Program)
    }

    fn stop_agent(&self) {
        if !self.home.exists() {
            return;
        }
        if let Err(error) = gnupg("gpgconf", &self.home).args(["--kill", "gpg-agent"]).run() {
            let reason = explain::chain(&error).join(": ");
            warn!(reason, folder = %self.home.display(), "the agent that holds the signing key may still run");
        }
    }
}

fn gnupg(program: &str, home: &Path) -> Program {
    Program::new(program).deadline(DEADLINE).args([OsString::from("--homedir"), home.into()])
}

/// The file itself, or the files right in the folder, in order. Links are followed: a secret that is mounted is made
/// of them.
fn files(path: &Path) -> Result<Vec<PathBuf>, GpgError> {
    let unread = |source| GpgError::Read { path: path.to_owned(), source };
    if !fs::metadata(path).map_err(unread)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(unread)? {
        let file = entry.map_err(unread)?.path();
        if fs::metadata(&file).map_err(unread)?.is_file() {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

impl Signer for GpgSigner {
    fn sign(&self, commit: &[u8]) -> Result<String, SignError> {
        Ok(self.signature(commit)?)
    }
}

impl Drop for GpgSigner {
    fn drop(&mut self) {
        self.stop_agent();
    }
}

impl std::fmt::Debug for GpgSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "GpgSigner({})", self.key)
    }
}
