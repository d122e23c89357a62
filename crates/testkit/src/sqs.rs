//! S3 and SQS in one server, with notifications from buckets to queues: Python's moto.
//!
//! It checks neither signatures nor `Content-MD5` (see [`crate::S3`] for that), and writes `/` in the keys of events
//! as `%2F`. It is installed once into the user's cache folder, with the version in the folder's name.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use process::Program;
use tokio::net::TcpStream;

use crate::PartError;
use crate::port::Port;
use crate::service::{Launch, Service, find};
use crate::tool::succeed;

/// The version that was tried.
const VERSION: &str = "5.2.5";

/// How long downloading and installing may take.
const INSTALL: Duration = Duration::from_secs(900);

/// How long the server may take to start on a busy machine.
const START: Duration = Duration::from_secs(120);

/// What pip needs to know of a machine behind a proxy or with an index of its own.
const PIP_VARIABLES: [&str; 10] = [
    "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL",
    "PIP_FIND_LINKS",
    "PIP_CERT",
    "SSL_CERT_FILE",
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "NO_PROXY",
    "no_proxy",
];

/// The running server. Both services share one endpoint; any keys are accepted.
#[derive(Debug)]
pub struct Moto {
    port: Port,
    service: Service,
}

impl Moto {
    /// Starts it empty; installs it first when needed, after telling `progress` so.
    ///
    /// # Errors
    /// When Python is missing, or installing or starting fails.
    pub async fn start(progress: impl FnOnce(&str)) -> Result<Self, PartError> {
        let folder = cache_folder()?.join(format!("moto-{VERSION}"));
        if !is_installed(&folder) {
            let place = folder.display();
            progress(&format!("installing moto {VERSION} into {place} (once, about a minute, 320 MB)"));
            let installed = tokio::task::spawn_blocking({
                let folder = folder.clone();
                move || install(&folder)
            });
            installed.await.expect("installing does not panic")?;
        }
        let port = Port::reserve()?;
        let address = port.address();
        let mut service = Service::start(Launch {
            name: "moto",
            program: folder.join("bin/moto_server"),
            args: ["-H", "127.0.0.1", "-p", &address.port().to_string()].map(Into::into).to_vec(),
            env: Vec::new(),
        })?;
        let listens =
            || async move { TcpStream::connect(address).await.map(drop).map_err(|error| error.to_string()) };
        service.ready(START, listens).await?;
        Ok(Self { port, service })
    }

    /// The endpoint of both services.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.port.address())
    }

    /// The processes it keeps running.
    #[must_use]
    pub fn pids(&self) -> Vec<u32> {
        vec![self.service.pid()]
    }

    /// The region to sign for. It is part of where a queue lives.
    #[must_use]
    pub fn region(&self) -> &'static str {
        "eu-west-1"
    }

    /// An access key.
    #[must_use]
    pub fn access_key(&self) -> &'static str {
        "testing"
    }

    /// A secret key.
    #[must_use]
    pub fn secret_key(&self) -> &'static str {
        "testing"
    }
}

/// `$XDG_CACHE_HOME/release-manager`, or the same under `~/.cache`.
fn cache_folder() -> Result<PathBuf, PartError> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache = set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")));
    let folder = cache.unwrap_or_else(std::env::temp_dir).join("release-manager");
    fs::create_dir_all(&folder).map_err(PartError::io(format!("make {}", folder.display())))?;
    Ok(folder)
}

/// The file that says that installing came to its end.
fn marker(folder: &Path) -> PathBuf {
    folder.join("installed")
}

fn is_installed(folder: &Path) -> bool {
    marker(folder).exists()
}

/// Installs into a virtual environment; two at a time wait for each other.
fn install(folder: &Path) -> Result<(), PartError> {
    let lock_file = folder.with_extension("lock");
    let lock = File::create(&lock_file)
        .and_then(|file| file.lock().map(|()| file))
        .map_err(PartError::io(format!("lock {}", lock_file.display())))?;
    if !is_installed(folder) {
        let python = find("python3", "python3-venv")?;
        let environment = folder.display().to_string();
        run(&python, &["-m", "venv", "--clear", &environment])?;
        let package = format!("moto[s3,sqs,server]=={VERSION}");
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", &package];
        run(&folder.join("bin/python3"), &pip)?;
        File::create(marker(folder)).map_err(PartError::io(format!("write in {environment}")))?;
    }
    drop(lock);
    Ok(())
}

fn run(program: &Path, args: &[&str]) -> Result<(), PartError> {
    let mut run = Program::new(program).args(args.iter().copied()).deadline(INSTALL);
    for variable in PIP_VARIABLES {
        run = run.inherit(variable);
    }
    succeed(run, &program.display().to_string(), args).map(drop)
}
