//! A Git host: bare repositories over SSH and smart HTTP, with the faults of real ones.
//!
//! SSH is Debian's `sshd` with a key, a configuration and a port of its own; HTTP is `git http-backend`. Both sit
//! behind a [`FaultProxy`], and both know two identities: one may push, one may only read.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use tempfile::TempDir;

use crate::service::temp_folder;
use crate::tool::git;
use crate::{FaultProxy, PartError};

mod backend;
mod commit;
mod hooks;
mod repository;
mod ssh;
mod writer;

pub use commit::Commit;
pub use repository::Repository;
pub use writer::{SecondWriter, TreeFile};

use backend::Backend;
use ssh::Sshd;

/// What an identity may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// Fetch and push.
    Write,
    /// Fetch only.
    Read,
}

impl Access {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Write, Self::Read];

    fn as_str(self) -> &'static str {
        match self {
            Self::Write => "write",
            Self::Read => "read",
        }
    }
}

/// A folder of bare repositories and its two servers.
#[derive(Debug)]
pub struct GitHost {
    ssh: FaultProxy,
    http: FaultProxy,
    sshd: Sshd,
    backend: Backend,
    root: PathBuf,
    _folder: TempDir,
}

impl GitHost {
    /// Starts both servers over an empty folder.
    ///
    /// # Errors
    /// When `git` or `sshd` is missing or does not start.
    pub async fn start() -> Result<Self, PartError> {
        let folder = temp_folder()?;
        let root = folder.path().join("repositories");
        fs::create_dir(&root).map_err(PartError::io(format!("make {}", root.display())))?;
        let backend = Backend::start(&root)?;
        let http = FaultProxy::start(backend.address())?;
        let (sshd, address) = Sshd::start(folder.path(), &root).await?;
        let ssh = FaultProxy::start(address)?;
        // Clients know the host by the port they dial.
        sshd.trust(ssh.addr())?;
        Ok(Self { ssh, http, sshd, backend, root, _folder: folder })
    }

    /// Makes an empty bare repository with the default branch `main`.
    ///
    /// # Errors
    /// When it exists already or git fails.
    pub fn create(&self, name: &str) -> Result<Repository, PartError> {
        let path = self.root.join(format!("{name}.git"));
        if path.exists() {
            let answer = format!("that the repository {name} exists already");
            return Err(PartError::Answer { part: "the Git host", answer });
        }
        git(&self.root, &["init", "--quiet", "--bare", "--initial-branch=main", &format!("{name}.git")])?;
        Ok(Repository {
            ssh_url: format!("ssh://{}@{}/{name}.git", self.sshd.user(), self.ssh.addr()),
            http_url: format!("http://{}/{name}.git", self.http.addr()),
            path,
        })
    }

    /// The private key file of an identity.
    #[must_use]
    pub fn ssh_key(&self, access: Access) -> PathBuf {
        self.sshd.key(access)
    }

    /// The file that holds the host's public key, as `UserKnownHostsFile` wants it.
    #[must_use]
    pub fn known_hosts(&self) -> PathBuf {
        self.sshd.known_hosts()
    }

    /// A value for `GIT_SSH_COMMAND` that uses an identity and knows the host.
    #[must_use]
    pub fn ssh_command(&self, access: Access) -> String {
        format!(
            "ssh -F none -i {} -o IdentitiesOnly=yes -o UserKnownHostsFile={} -o StrictHostKeyChecking=yes \
             -o BatchMode=yes",
            self.ssh_key(access).display(),
            self.known_hosts().display()
        )
    }

    /// The secret of an identity over HTTP: a bearer token, or the password of any user name.
    #[must_use]
    pub fn token(&self, access: Access) -> &str {
        self.backend.token(access)
    }

    /// The processes it keeps running: `sshd`.
    #[must_use]
    pub fn pids(&self) -> Vec<u32> {
        vec![self.sshd.pid()]
    }

    /// The network in front of `sshd`.
    #[must_use]
    pub fn ssh(&self) -> &FaultProxy {
        &self.ssh
    }

    /// The network in front of the HTTP server.
    #[must_use]
    pub fn http(&self) -> &FaultProxy {
        &self.http
    }

    /// Refuses connections on both ports and ends the present ones.
    pub async fn down(&self) {
        self.ssh.refuse().await;
        self.http.refuse().await;
    }

    /// Holds back each packet on both ports.
    pub fn slow(&self, delay: Duration) {
        self.ssh.delay(delay);
        self.http.delay(delay);
    }

    /// Undoes [`Self::down`], [`Self::slow`] and what was switched at [`Self::ssh`] or [`Self::http`].
    pub async fn up(&self) {
        self.ssh.heal().await;
        self.http.heal().await;
    }
}
