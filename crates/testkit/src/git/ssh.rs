//! The SSH side: Debian's `sshd`, for Git and nothing else.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use super::Access;
use crate::PartError;
use crate::port::Port;
use crate::service::{Launch, Service, find, write};
use crate::tool::run;

/// How long `sshd` may take to start on a busy machine.
const START: Duration = Duration::from_secs(60);

/// `sshd` needs this folder when it runs as root; Debian makes it at boot, which a container never does.
const PRIVILEGE_SEPARATION: &str = "/run/sshd";

/// What a key may run. `sshd` passes what the client asked for: `git-upload-pack '/name.git'`.
const SERVE: &str = r#"
verb=${SSH_ORIGINAL_COMMAND%% *}
path=${SSH_ORIGINAL_COMMAND#*\'}
path=${path%\'}
case "$path" in
  *..* | *\'*) echo "no such repository" >&2; exit 1 ;;
esac
case "$1 $verb" in
  *" git-upload-pack" | "write git-receive-pack") exec git "${verb#git-}" "$2/$path" ;;
  "read git-receive-pack") echo "this key may read, not push" >&2; exit 1 ;;
  *) echo "only Git is served here" >&2; exit 1 ;;
esac
"#;

/// A running `sshd`, its keys and the keys of its clients.
#[derive(Debug)]
pub(super) struct Sshd {
    folder: PathBuf,
    user: String,
    service: Service,
    _port: Port,
}

impl Sshd {
    /// Starts it over the repositories in `root`; files go to `folder`.
    pub(super) async fn start(folder: &Path, root: &Path) -> Result<(Self, SocketAddr), PartError> {
        let program = find("sshd", "openssh-server")?;
        let user = run(folder, "id", &["-un"])?.stdout_text();
        if user == "root" {
            fs::DirBuilder::new()
                .recursive(true)
                .mode(0o755)
                .create(PRIVILEGE_SEPARATION)
                .map_err(PartError::io(format!("make {PRIVILEGE_SEPARATION}")))?;
        }
        make_key(folder, "host_key")?;
        write(&folder.join("serve"), SERVE)?;
        let mut keys = String::new();
        for access in Access::ALL {
            let public = make_key(folder, access.as_str())?;
            let serve = format!("sh {}/serve {} {}", folder.display(), access.as_str(), root.display());
            keys.push_str(&format!("restrict,command=\"{serve}\" {public}\n"));
        }
        write(&folder.join("authorized_keys"), keys)?;
        let port = Port::reserve()?;
        let config = folder.join("sshd_config");
        write(&config, configuration(folder, port.address()))?;
        let mut service = Service::start(Launch {
            name: "sshd",
            program,
            args: vec!["-D".into(), "-e".into(), "-f".into(), config.display().to_string()],
            env: Vec::new(),
        })?;
        let address = port.address();
        service.ready(START, || greeting(address)).await?;
        Ok((Self { folder: folder.into(), user, service, _port: port }, address))
    }

    /// Writes the host's key down as the one behind this address.
    pub(super) fn trust(&self, address: SocketAddr) -> Result<(), PartError> {
        let file = self.folder.join("host_key.pub");
        let key = fs::read_to_string(&file).map_err(PartError::io(format!("read {}", file.display())))?;
        write(&self.known_hosts(), format!("[{}]:{} {key}", address.ip(), address.port()))
    }

    pub(super) fn known_hosts(&self) -> PathBuf {
        self.folder.join("known_hosts")
    }

    pub(super) fn pid(&self) -> u32 {
        self.service.pid()
    }

    pub(super) fn key(&self, access: Access) -> PathBuf {
        self.folder.join(access.as_str())
    }

    /// The only user who can log in: the one we run as.
    pub(super) fn user(&self) -> &str {
        &self.user
    }
}

/// Makes a key pair and returns the public line.
fn make_key(folder: &Path, name: &str) -> Result<String, PartError> {
    run(folder, "ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", name])?;
    let public = folder.join(format!("{name}.pub"));
    let line = fs::read_to_string(&public).map_err(PartError::io(format!("read {}", public.display())))?;
    Ok(line.trim().to_owned())
}

fn configuration(folder: &Path, address: SocketAddr) -> String {
    let folder = folder.display();
    format!(
        "ListenAddress {address}\n\
         HostKey {folder}/host_key\n\
         AuthorizedKeysFile {folder}/authorized_keys\n\
         AuthenticationMethods publickey\n\
         PermitRootLogin forced-commands-only\n\
         StrictModes no\n\
         UsePAM no\n\
         UseDNS no\n\
         AcceptEnv GIT_PROTOCOL\n\
         MaxStartups 500\n\
         PidFile none\n\
         PrintMotd no\n"
    )
}

/// The line with which an SSH server says that it is there.
async fn greeting(address: SocketAddr) -> Result<(), String> {
    let mut stream = TcpStream::connect(address).await.map_err(|error| error.to_string())?;
    let mut greeting = [0; 4];
    stream.read_exact(&mut greeting).await.map_err(|error| error.to_string())?;
    if &greeting == b"SSH-" { Ok(()) } else { Err(format!("the greeting {greeting:?}")) }
}
