//! The value that is passed down.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, IsTerminal};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use explain::{Explain, Report};

use crate::stream::{Sink, Stream};
use crate::{Capture, Look, OutputError, Progress, Tone};

/// Takes the cursor to the start of the line and empties it.
pub(crate) const CLEAR_LINE: &str = "\r\u{1b}[2K";

/// Where a program prints and asks. Clones are the same terminal.
///
/// ```
/// use terminal::{Look, Terminal};
/// let (terminal, capture) = Terminal::captured(Look::PLAIN, []);
/// terminal.data("dev: master-1");
/// terminal.talk("asking the server");
/// assert_eq!(capture.stdout(), "dev: master-1\n");
/// assert_eq!(capture.stderr(), "asking the server\n");
/// ```
#[derive(Clone, Debug)]
pub struct Terminal {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) out: Stream,
    pub(crate) err: Stream,
    pub(crate) input: Input,
    /// Whether a progress line stands on the last line of the terminal.
    pub(crate) progress_shown: bool,
}

/// Where answers come from.
#[derive(Debug)]
pub(crate) enum Input {
    Stdin,
    Lines(VecDeque<String>),
}

impl Terminal {
    /// The standard streams of this process.
    #[must_use]
    pub fn of_process() -> Self {
        Self::new(State {
            out: Stream::new(Sink::Stdout, Look::of(&io::stdout())),
            err: Stream::new(Sink::Stderr, Look::of(&io::stderr())),
            input: Input::Stdin,
            progress_shown: false,
        })
    }

    /// A terminal in memory, for tests: both streams look like `look`, and questions are answered by `answers`.
    #[must_use]
    pub fn captured<'a>(look: Look, answers: impl IntoIterator<Item = &'a str>) -> (Self, Capture) {
        let terminal = Self::new(State {
            out: Stream::new(Sink::Memory(Vec::new()), look),
            err: Stream::new(Sink::Memory(Vec::new()), look),
            input: Input::Lines(answers.into_iter().map(str::to_owned).collect()),
            progress_shown: false,
        });
        (terminal.clone(), Capture::new(terminal))
    }

    fn new(state: State) -> Self {
        Self { state: Arc::new(Mutex::new(state)) }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        // Each change is one write: a thread that panicked in between has left nothing half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Prints data and a line break.
    pub fn data(&self, text: impl fmt::Display) {
        self.data_exact(&format!("{text}\n"));
    }

    /// Prints data as it is, without adding a line break.
    pub fn data_exact(&self, text: &str) {
        let mut state = self.lock();
        state.clear_progress();
        state.out.write(text);
    }

    /// Tells the person something, on a line of its own.
    pub fn talk(&self, text: impl fmt::Display) {
        let mut state = self.lock();
        state.clear_progress();
        state.err.write(&format!("{text}\n"));
    }

    /// Tells what failed, why, and the next step.
    pub fn report(&self, report: &Report) {
        let mut lines = format!("{} {}", self.talk_toned(Tone::Bad, "error:"), report.message.trim_end());
        if !report.hint.is_empty() {
            lines.push_str(&format!("\n{} {}", self.talk_toned(Tone::Hint, "hint:"), report.hint));
        }
        self.talk(lines);
    }

    /// The text in the colour of its meaning, where data is shown in colour.
    #[must_use]
    pub fn data_toned(&self, tone: Tone, text: &str) -> String {
        if self.lock().out.look.colour { tone.paint(text) } else { text.to_owned() }
    }

    /// The text in the colour of its meaning, where talk is shown in colour.
    #[must_use]
    pub fn talk_toned(&self, tone: Tone, text: &str) -> String {
        if self.lock().err.look.colour { tone.paint(text) } else { text.to_owned() }
    }

    /// Columns of a line of talk.
    #[must_use]
    pub fn width(&self) -> usize {
        self.lock().err.look.width
    }

    /// Columns of a line of data, when a person watches it; a pipe or a file has no end of line.
    #[must_use]
    pub fn data_width(&self) -> Option<usize> {
        let look = self.lock().out.look;
        look.terminal.then_some(look.width)
    }

    /// Whether a person is there to read a question and to answer it.
    #[must_use]
    pub fn is_interactive(&self) -> bool {
        let state = self.lock();
        let answers = match state.input {
            Input::Stdin => io::stdin().is_terminal(),
            Input::Lines(_) => true,
        };
        answers && state.err.look.terminal
    }

    /// Whether the reader of the data has gone away, so that printing more is in vain.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.lock().out.closed
    }

    /// Shows that something is being waited for, for as long as the returned value lives: nothing in the first
    /// second, then what, how far and how long so far, on one line that is rewritten, or now and then on a line of
    /// its own where no terminal is.
    pub fn progress(&self, what: impl Into<String>) -> Progress {
        Progress::start(self.clone(), what.into())
    }

    /// Ends a program: reports what failed and gives the exit code of its kind.
    #[must_use]
    pub fn end<E: Explain + 'static>(&self, outcome: Result<(), E>) -> ExitCode {
        let report = outcome.err().map(|error| Report::new(&error));
        self.end_with(report)
    }

    /// Like [`end`](Self::end), for a report made before.
    #[must_use]
    pub fn end_with(&self, report: Option<Report>) -> ExitCode {
        let failure = self.lock().out.failure.take();
        let report = report.or_else(|| failure.map(|source| Report::new(&OutputError { source })));
        match report {
            Some(report) => {
                self.report(&report);
                ExitCode::from(report.kind.exit_code())
            }
            None => ExitCode::SUCCESS,
        }
    }
}

impl State {
    pub(crate) fn clear_progress(&mut self) {
        if std::mem::take(&mut self.progress_shown) {
            self.err.write_raw(CLEAR_LINE);
        }
    }
}

#[cfg(test)]
mod tests {
    use explain::Kind;

    use super::*;

    fn report() -> Report {
        Report { kind: Kind::Denied, message: "prod is frozen".into(), hint: "wait until Monday".into() }
    }

    #[test]
    fn errors_go_to_talk_and_decide_the_exit_code() {
        let (terminal, capture) = Terminal::captured(Look::PLAIN, []);
        let code = terminal.end_with(Some(report()));
        assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::from(Kind::Denied.exit_code())));
        assert_eq!(
            (capture.stdout().as_str(), capture.stderr().as_str()),
            ("", "error: prod is frozen\nhint: wait until Monday\n")
        );
    }

    #[test]
    fn colour_is_only_where_it_can_be_shown() {
        let (terminal, capture) = Terminal::captured(Look { colour: true, ..Look::TERMINAL }, []);
        terminal.report(&report());
        terminal.data(terminal.data_toned(Tone::Good, "ok"));
        assert_eq!(
            capture.stderr(),
            "\u{1b}[1m\u{1b}[31merror:\u{1b}[0m prod is frozen\n\u{1b}[36mhint:\u{1b}[0m wait until Monday\n"
        );
        assert_eq!(capture.stdout(), "\u{1b}[32mok\u{1b}[0m\n");
    }

    #[test]
    fn data_that_cannot_be_written_is_a_failure_but_a_closed_pipe_is_not() {
        let (terminal, capture) = Terminal::captured(Look::PLAIN, []);
        terminal.lock().out.closed = true;
        terminal.data("lost");
        assert_eq!(format!("{:?}", terminal.end_with(None)), format!("{:?}", ExitCode::SUCCESS));
        terminal.lock().out.failure = Some(io::Error::from(io::ErrorKind::StorageFull));
        assert_ne!(format!("{:?}", terminal.end_with(None)), format!("{:?}", ExitCode::SUCCESS));
        assert!(capture.stderr().starts_with("error: cannot write the output: "), "{}", capture.stderr());
    }
}
