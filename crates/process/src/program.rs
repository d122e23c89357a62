//! One run of one program, from its arguments to its end.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::io::{self, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use explain::{Explain, Kind};

use crate::Output;

/// How long a program may run when the caller does not say.
const DEFAULT_DEADLINE: Duration = Duration::from_secs(120);

/// Bytes taken from a pipe at once; a pipe holds no more.
const AT_ONCE: usize = 1 << 16;

/// Bytes of output that are kept. No answer is as long; a peer that talks without end is not listened to for longer.
const MOST_OUTPUT: usize = 64 << 20;

/// A program to run: arguments, environment, folder, input and deadline.
///
/// ```
/// use process::Program;
/// let output = Program::new("echo").args(["hello"]).run()?;
/// assert_eq!(output.stdout_text(), "hello");
/// # Ok::<(), process::RunError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Program {
    name: OsString,
    args: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    inherit: Vec<&'static str>,
    folder: Option<PathBuf>,
    input: Vec<u8>,
    deadline: Duration,
}

/// A program that could not be started, or did not end in time.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The program could not be started.
    #[error("cannot start `{program}`")]
    Spawn {
        /// The program's name as it was called.
        program: String,
        /// Why.
        source: io::Error,
    },
    /// Reading its output or waiting for it failed.
    #[error("lost contact with `{program}`")]
    Wait {
        /// The program's name as it was called.
        program: String,
        /// Why.
        source: io::Error,
    },
    /// It was still running at its deadline and was killed.
    #[error("`{program}` did not end within {} s and was killed", deadline.as_secs())]
    TimedOut {
        /// The program's name as it was called.
        program: String,
        /// How long it was given.
        deadline: Duration,
    },
}

impl Explain for RunError {
    fn kind(&self) -> Kind {
        match self {
            Self::Spawn { .. } | Self::Wait { .. } => Kind::Internal,
            Self::TimedOut { .. } => Kind::Unavailable,
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Spawn { program, .. } => {
                format!("install `{program}` and see that it is on the PATH").into()
            }
            Self::Wait { .. } => "try again".into(),
            Self::TimedOut { program, .. } => {
                format!("see what `{program}` waits for, then try again").into()
            }
        }
    }
}

impl Program {
    /// A run of `name`, found on the `PATH` unless it holds a `/`, with no arguments and an environment of
    /// `PATH`, `HOME` and `TMPDIR` alone, messages untranslated.
    pub fn new(name: impl Into<OsString>) -> Self {
        Self {
            name: name.into(),
            args: Vec::new(),
            env: vec![("LC_ALL".into(), "C".into())],
            inherit: vec!["PATH", "HOME", "TMPDIR"],
            folder: None,
            input: Vec::new(),
            deadline: DEFAULT_DEADLINE,
        }
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<A: Into<OsString>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// Sets one variable of its environment.
    #[must_use]
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    /// Passes our own value of a variable on, when there is one.
    #[must_use]
    pub fn inherit(mut self, name: &'static str) -> Self {
        self.inherit.push(name);
        self
    }

    /// Runs it in this folder.
    #[must_use]
    pub fn folder(mut self, folder: impl AsRef<Path>) -> Self {
        self.folder = Some(folder.as_ref().to_owned());
        self
    }

    /// Feeds these bytes to its standard input; without this it reads nothing.
    #[must_use]
    pub fn input(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = bytes.into();
        self
    }

    /// Kills it, and all it started, when it runs longer.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Runs it to its end. A non-zero exit code is not an error here: what it means is the caller's to say.
    ///
    /// # Errors
    /// When it cannot be started, or has to be killed at its deadline.
    pub fn run(self) -> Result<Output, RunError> {
        self.run_and_tell(|_| {})
    }

    /// Runs it until what it has written to standard output is enough. Then it may go on without us, to its end or its
    /// deadline, and its exit code and standard error are unknown. A program that ends before is as by [`Self::run`].
    ///
    /// # Errors
    /// As [`Self::run`].
    pub fn run_until(self, enough: impl Fn(&[u8]) -> bool + Send + 'static) -> Result<Output, RunError> {
        let program = self.name.to_string_lossy().into_owned();
        let (tell, told) = mpsc::channel();
        thread::spawn(move || {
            let early = tell.clone();
            let output = self.run_and_tell(move |stdout| {
                if enough(stdout) {
                    // The receiver takes the first one and is gone.
                    let said = Output { code: None, stdout: stdout.to_vec(), stderr: Vec::new() };
                    drop(early.send(Ok(said)));
                }
            });
            drop(tell.send(output));
        });
        let lost = |_| RunError::Wait { program, source: io::Error::other("its watcher panicked") };
        told.recv().map_err(lost)?
    }

    /// Runs it to its end, and tells all it has written to standard output whenever there is more.
    fn run_and_tell(self, tell: impl FnMut(&[u8]) + Send + 'static) -> Result<Output, RunError> {
        let program = self.name.to_string_lossy().into_owned();
        let mut child =
            self.spawn().map_err(|source| RunError::Spawn { program: program.clone(), source })?;
        let group = rustix::process::Pid::from_child(&child);
        let (done, ended) = mpsc::channel();
        let feeder = feed(&mut child, self.input);
        let stdout = drain(child.stdout.take(), tell);
        let stderr = drain(child.stderr.take(), |_| {});
        let waiter = thread::spawn(move || {
            let status = child.wait();
            // The receiver is gone only after the deadline; the child is dead by then.
            let _ = done.send(());
            status
        });
        let late = ended.recv_timeout(self.deadline).is_err();
        if late {
            // ESRCH means it ended in this very moment.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        let lost = |source| RunError::Wait { program: program.clone(), source };
        let status = join(waiter).map_err(lost)?;
        if late {
            return Err(RunError::TimedOut { program, deadline: self.deadline });
        }
        join(feeder).map_err(lost)?;
        Ok(Output {
            code: status.code(),
            stdout: join(stdout).map_err(lost)?,
            stderr: join(stderr).map_err(lost)?,
        })
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one place that starts programs")]
    fn spawn(&self) -> io::Result<Child> {
        // A program given by its path is started without a copy of our own memory's map, which a large program notices.
        let path = self.found().unwrap_or_else(|| PathBuf::from(&self.name));
        let mut command = Command::new(path);
        command.arg0(&self.name).args(&self.args).env_clear();
        for name in &self.inherit {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command.envs(self.env.iter().map(|(name, value)| (name.as_os_str(), value.as_os_str())));
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        let stdin = if self.input.is_empty() { Stdio::null() } else { Stdio::piped() };
        command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0).spawn()
    }

    /// Where the program is, on the `PATH` it will see.
    fn found(&self) -> Option<PathBuf> {
        use std::os::unix::fs::PermissionsExt;
        if self.name.to_string_lossy().contains('/') {
            return None;
        }
        let given = self.env.iter().rev().find(|(name, _)| name == "PATH").map(|(_, value)| value.clone());
        let folders = given.or_else(|| std::env::var_os("PATH"))?;
        std::env::split_paths(&folders)
            .filter(|folder| folder.is_absolute())
            .map(|folder| folder.join(&self.name))
            .find(|path| {
                path.metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
            })
    }

    /// The program's name, for messages.
    #[must_use]
    pub fn name(&self) -> &OsStr {
        &self.name
    }
}

fn feed(child: &mut Child, input: Vec<u8>) -> thread::JoinHandle<io::Result<()>> {
    let stdin = child.stdin.take();
    thread::spawn(move || match stdin {
        Some(mut pipe) => match pipe.write_all(&input) {
            // It may end without reading all we had: its exit code tells whether that is a fault.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            other => other,
        },
        None => Ok(()),
    })
}

fn drain(
    pipe: Option<impl Read + Send + 'static>,
    mut tell: impl FnMut(&[u8]) + Send + 'static,
) -> thread::JoinHandle<io::Result<Vec<u8>>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let Some(mut pipe) = pipe else { return Ok(bytes) };
        let mut chunk = vec![0; AT_ONCE];
        loop {
            match pipe.read(&mut chunk) {
                Ok(0) => return Ok(bytes),
                // The pipe is closed with this, which ends who writes into it.
                Ok(read) if bytes.len() + read > MOST_OUTPUT => {
                    return Err(io::Error::other(format!("it said more than {} MiB", MOST_OUTPUT >> 20)));
                }
                Ok(read) => {
                    bytes.extend_from_slice(&chunk[..read]);
                    tell(&bytes);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    })
}

fn join<T>(handle: thread::JoinHandle<io::Result<T>>) -> io::Result<T> {
    handle.join().unwrap_or_else(|_| Err(io::Error::other("a reader thread panicked")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_and_exit_code_are_captured() {
        let output = Program::new("sh").args(["-c", "echo out; echo err >&2; exit 7"]).run().unwrap();
        assert_eq!(
            (output.code, output.stdout_text(), output.stderr_text()),
            (Some(7), "out".into(), "err".into())
        );
    }

    #[test]
    fn only_named_variables_are_seen() {
        let output = Program::new("env").env("A", "1").run().unwrap();
        let names: Vec<String> = output
            .stdout_text()
            .lines()
            .filter_map(|line| line.split_once('=').map(|(name, _)| name.to_owned()))
            .collect();
        assert!(names.contains(&"A".to_owned()));
        assert!(names.iter().all(|name| ["A", "LC_ALL", "PATH", "HOME", "TMPDIR"].contains(&name.as_str())));
    }

    #[test]
    fn input_larger_than_a_pipe_comes_back_whole() {
        let bytes = vec![b'x'; 1 << 20];
        assert_eq!(Program::new("cat").input(bytes.clone()).run().unwrap().stdout, bytes);
    }

    #[test]
    fn a_program_that_has_said_enough_goes_on_by_itself() {
        let folder = tempfile::tempdir().unwrap();
        let script = "echo ready; until [ -e go ]; do read -t 1 nothing; done; echo more; touch gone";
        let program = Program::new("bash").args(["-c", script]).folder(folder.path());
        let output = program.run_until(|stdout| stdout.ends_with(b"ready\n")).unwrap();
        assert_eq!((output.code, output.stdout_text()), (None, "ready".into()));
        std::fs::write(folder.path().join("go"), "").unwrap();
        let started = std::time::Instant::now();
        while !folder.path().join("gone").exists() {
            assert!(started.elapsed() < Duration::from_secs(60), "it was not let go on");
            thread::yield_now();
        }
    }

    #[test]
    fn a_program_that_never_says_enough_ends_as_any_other() {
        let program = |script| Program::new("sh").args(["-c", script]);
        let output = program("echo no; echo why >&2; exit 3").run_until(|_| false).unwrap();
        assert_eq!((output.code, output.stderr_text()), (Some(3), "why".into()));
        let late = program("sleep 600").deadline(Duration::from_millis(50)).run_until(|_| false);
        assert!(matches!(late, Err(RunError::TimedOut { .. })), "{late:?}");
    }

    #[test]
    fn a_program_that_talks_without_end_is_cut_off() {
        let endless = Program::new("cat").args(["/dev/zero"]).run();
        let Err(RunError::Wait { source, .. }) = endless else { panic!("{endless:?}") };
        assert_eq!(source.to_string(), "it said more than 64 MiB");
    }

    #[test]
    fn the_whole_group_is_killed_at_the_deadline() {
        // The grandchild holds the pipes: were it left alive, reading them would never end.
        let late =
            Program::new("sh").args(["-c", "sleep 600 & wait"]).deadline(Duration::from_millis(50)).run();
        assert!(matches!(late, Err(RunError::TimedOut { .. })), "{late:?}");
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = Program::new("no-such-program").run().unwrap_err();
        assert_eq!(error.to_string(), "cannot start `no-such-program`");
        assert_eq!(error.next_step(), "install `no-such-program` and see that it is on the PATH");
    }
}
