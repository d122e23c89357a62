//! Telling whoever waits what is going on.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use process::{Output, Program};

use crate::BedError;

/// How often a long step is told again.
const TICK: Duration = Duration::from_secs(1);

/// What is being done now; told at the start of a step and every second while it lasts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The step, as a person would say it: `building kubelet`.
    pub what: String,
    /// Which step it is, from 1.
    pub step: usize,
    /// How many steps there are.
    pub steps: usize,
    /// How long all steps have taken so far.
    pub elapsed: Duration,
}

/// Counts steps and tells them.
pub(crate) struct Reporter<'a> {
    tell: &'a mut dyn FnMut(Progress),
    started: Instant,
    what: String,
    step: usize,
    steps: usize,
    told: Instant,
}

impl<'a> Reporter<'a> {
    pub(crate) fn new(steps: usize, tell: &'a mut dyn FnMut(Progress)) -> Self {
        let now = Instant::now();
        Self { tell, started: now, what: String::new(), step: 0, steps, told: now }
    }

    /// Begins the next step.
    pub(crate) fn step(&mut self, what: impl Into<String>) {
        self.what = what.into();
        self.step += 1;
        self.tell();
    }

    /// Begins a step nobody counted on.
    pub(crate) fn extra_step(&mut self, what: impl Into<String>) {
        self.steps += 1;
        self.step(what);
    }

    /// Tells the step again when it was not told for a while; called while waiting for something.
    pub(crate) fn tick(&mut self) {
        if self.told.elapsed() >= TICK {
            self.tell();
        }
    }

    fn tell(&mut self) {
        self.told = Instant::now();
        let elapsed = self.started.elapsed();
        (self.tell)(Progress { what: self.what.clone(), step: self.step, steps: self.steps, elapsed });
    }

    /// Runs a program that may take minutes, telling the step while it runs.
    pub(crate) fn run(&mut self, program: Program) -> Result<Output, BedError> {
        let (done, ended) = mpsc::channel();
        thread::scope(|scope| {
            scope.spawn(move || done.send(run(program)));
            loop {
                match ended.recv_timeout(TICK) {
                    Ok(result) => return result,
                    Err(RecvTimeoutError::Timeout) => self.tell(),
                    Err(RecvTimeoutError::Disconnected) => {
                        let command = self.what.clone();
                        return Err(BedError::Command { command, output: "lost its result".into() });
                    }
                }
            }
        })
    }
}

/// Runs a program that has to succeed.
pub(crate) fn run(program: Program) -> Result<Output, BedError> {
    let command = program.name().to_string_lossy().into_owned();
    let output = program.run()?;
    if output.succeeded() {
        return Ok(output);
    }
    let said = format!("{}\n{}", output.stdout_text(), output.stderr_text());
    Err(BedError::Command { command, output: last_lines(&said, 15) })
}

/// The last lines of a text.
pub(crate) fn last_lines(text: &str, n_lines: usize) -> String {
    let lines: Vec<&str> = text.trim().lines().collect();
    lines[lines.len().saturating_sub(n_lines)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_counted_and_a_failure_carries_what_the_program_said() {
        let mut told = Vec::new();
        let mut tell = |progress: Progress| told.push((progress.what, progress.step, progress.steps));
        let mut reporter = Reporter::new(2, &mut tell);
        reporter.step("one");
        reporter.step("two");
        let error = reporter.run(Program::new("sh").args(["-c", "echo why >&2; exit 3"])).unwrap_err();
        assert_eq!(error.to_string(), "`sh` failed: why");
        assert_eq!(told, [("one".into(), 1, 2), ("two".into(), 2, 2)]);
    }
}
