//! Servers we start and keep running: `sshd`, `RabbitMQ`, moto.

use std::fs::{self, File};
use std::future::Future;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{OnceLock, mpsc};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tempfile::TempDir;

use crate::{PartError, wait};

/// How much of a service's output an error message shows.
const LAST_WORDS: usize = 2000;

/// A running program of another project.
///
/// It has an environment of its own, a process group that is killed when this value is dropped, and it is killed by
/// the kernel when we die without a chance to drop anything.
#[derive(Debug)]
pub struct Service {
    name: String,
    child: Child,
    log: PathBuf,
    _folder: TempDir,
}

/// What to start.
#[derive(Debug, Default)]
pub struct Launch {
    /// Its name, for messages.
    pub name: &'static str,
    /// The program's path.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
    /// Its environment, beside `PATH`, `TMPDIR`, a `HOME` of its own and the locale.
    pub env: Vec<(String, String)>,
}

impl Service {
    /// Starts it; it is not ready yet.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub fn start(launch: Launch) -> Result<Self, PartError> {
        let Launch { name, program, args, env } = launch;
        let folder = temp_folder()?;
        let log = folder.path().join("log");
        let output = File::create(&log).map_err(PartError::io(format!("write {}", log.display())))?;
        let errors = output.try_clone().map_err(PartError::io("share a log file"))?;
        #[expect(clippy::disallowed_methods, reason = "`process` runs programs to their end; these stay")]
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--"]).arg(&program).args(args).env_clear();
        for kept in ["PATH", "TMPDIR"] {
            if let Some(value) = std::env::var_os(kept) {
                command.env(kept, value);
            }
        }
        command.env("LC_ALL", "C.UTF-8").env("HOME", folder.path()).envs(env);
        command.stdin(Stdio::null()).stdout(output).stderr(errors).process_group(0);
        let child = spawn(command).map_err(PartError::io(format!("start {}", program.display())))?;
        Ok(Self { name: name.into(), child, log, _folder: folder })
    }

    /// Waits until `probe` gives `Ok`; fails at once when the program has ended.
    ///
    /// # Errors
    /// At the deadline, or with the program's last words when it has ended.
    pub async fn ready<T, F>(
        &mut self,
        deadline: Duration,
        mut probe: impl FnMut() -> F,
    ) -> Result<T, PartError>
    where
        F: Future<Output = Result<T, String>>,
    {
        let what = format!("answer from {}", self.name);
        let ready = wait::poll(&what, deadline, || {
            // A dead service is an answer too: it ends the wait.
            let ended = self.child.try_wait().ok().flatten();
            let look = probe();
            async move {
                match ended {
                    Some(status) => Ok(Err(status)),
                    None => look.await.map(Ok),
                }
            }
        })
        .await?;
        ready.map_err(|status| PartError::Ended {
            part: self.name.clone(),
            status: status.to_string(),
            log: self.last_words(),
        })
    }

    /// The process id, which is also the id of its process group.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The file with what it has printed.
    #[must_use]
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// The end of what it has printed.
    #[must_use]
    pub fn last_words(&self) -> String {
        let bytes = fs::read(&self.log).unwrap_or_default();
        let from = bytes.len().saturating_sub(LAST_WORDS);
        String::from_utf8_lossy(&bytes[from..]).trim().to_owned()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // ESRCH: it has ended already, which is what we want.
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        drop(self.child.wait());
    }
}

/// The program's path, looked up where servers live as well; names the Debian package when it is missing.
pub(crate) fn find(program: &str, package: &'static str) -> Result<PathBuf, PartError> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin", "/usr/lib/rabbitmq/bin"].map(PathBuf::from))
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
        .ok_or_else(|| PartError::Missing { program: program.into(), package })
}

/// A folder that goes away with its owner.
pub(crate) fn temp_folder() -> Result<TempDir, PartError> {
    TempDir::with_prefix("testkit-").map_err(PartError::io("make a temporary folder"))
}

/// Writes a file, naming it when that fails.
pub(crate) fn write(file: &Path, content: impl AsRef<[u8]>) -> Result<(), PartError> {
    fs::write(file, content).map_err(PartError::io(format!("write {}", file.display())))
}

type Order = (Command, mpsc::Sender<io::Result<Child>>);

/// Starts a child on a thread that lives as long as the process: the kernel's "kill when the parent dies" means the
/// *thread* that started it, and threads of a runtime come and go.
fn spawn(command: Command) -> io::Result<Child> {
    static PARENT: OnceLock<mpsc::Sender<Order>> = OnceLock::new();
    let parent = PARENT.get_or_init(|| {
        let (orders, inbox) = mpsc::channel::<Order>();
        thread::spawn(move || {
            for (mut command, reply) in inbox {
                // The caller waits for the reply: it cannot be gone.
                drop(reply.send(command.spawn()));
            }
        });
        orders
    });
    let (reply, answer) = mpsc::channel();
    let gone = || io::Error::other("the thread that starts programs has ended");
    parent.send((command, reply)).map_err(|_| gone())?;
    answer.recv().map_err(|_| gone())?
}
