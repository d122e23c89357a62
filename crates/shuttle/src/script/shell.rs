//! One shell command: its own process group, its output line by line, and signals that reach all of it.

use std::ffi::OsString;
use std::io::{self, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::signal::unix::{Signal as Listener, SignalKind, signal};

/// How long a command that was asked to end may take to do so.
const GRACE: Duration = Duration::from_secs(10);

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Code(i32),
    Killed,
    Cancelled,
}

/// Runs `sh -c` with an environment added to ours.
pub(super) fn run(command: &str, environment: &[(OsString, OsString)]) -> io::Result<End> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(run_on(command, environment))
}

async fn run_on(command: &str, environment: &[(OsString, OsString)]) -> io::Result<End> {
    // Before the child starts, so that no signal falls between.
    let mut signals = Signals::listen()?;
    let mut child = Command::new("sh")
        .arg("-c")
        .arg(command)
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()?;
    let group = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let output = async {
        tokio::join!(forward(out, io::stdout()), forward(err, io::stderr()));
    };
    let work = async {
        let ((), status) = tokio::join!(output, child.wait());
        status
    };
    tokio::select! {
        status = work => status.map(end),
        // Cancel safe: only whether a signal came is of interest, and the output of a cancelled command is not.
        () = signals.any() => {
            stop(&mut child, group).await?;
            Ok(End::Cancelled)
        }
    }
}

fn end(status: ExitStatus) -> End {
    match status.code() {
        Some(code) => End::Code(code),
        None => {
            debug_assert!(status.signal().is_some(), "without a code there is a signal");
            End::Killed
        }
    }
}

/// Asks the whole group to end, and makes it end when it does not.
async fn stop(child: &mut Child, group: Option<Pid>) -> io::Result<()> {
    // An error means that the group is gone already.
    let signal = |signal| group.is_some_and(|group| kill_process_group(group, signal).is_ok());
    let asked = signal(Signal::TERM);
    if !asked || tokio::time::timeout(GRACE, child.wait()).await.is_err() {
        signal(Signal::KILL);
        child.wait().await?;
    }
    Ok(())
}

/// The signals that end us.
struct Signals {
    interrupt: Listener,
    terminate: Listener,
    hang_up: Listener,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    async fn any(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hang_up.recv() => {}
        }
    }
}

/// Hands output on line by line: a missing last line end is added, `\r\n` becomes `\n`.
async fn forward(from: Option<impl AsyncRead + Unpin>, mut to: impl Write) {
    let Some(from) = from else { return };
    let mut reader = BufReader::new(from);
    let mut line = Vec::new();
    while matches!(reader.read_until(b'\n', &mut line).await, Ok(n) if n > 0) {
        if line.last() == Some(&b'\n') {
            line.pop();
            if line.last() == Some(&b'\r') {
                line.pop();
            }
        }
        line.push(b'\n');
        // When nobody reads any more, the command may still run to its end.
        drop(to.write_all(&line).and_then(|()| to.flush()));
        line.clear();
    }
}
