//! What can go wrong with a part itself, as opposed to the program that a test is about.

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::time::Duration;

use explain::{Explain, Kind};

/// A part that could not be started or used.
///
/// Its `Debug` is the message with all causes, so that `unwrap()` in a test says what to do.
#[derive(thiserror::Error)]
pub enum PartError {
    /// A program the part runs is not installed.
    #[error("`{program}` is not installed")]
    Missing {
        /// The program's name.
        program: String,
        /// The Debian package that holds it.
        package: &'static str,
    },
    /// A program could not be run to its end.
    #[error("a helper program did not run")]
    Run(#[source] process::RunError),
    /// A program ended with an error.
    #[error("`{command}` failed: {output}")]
    Failed {
        /// The command as it could be typed.
        command: String,
        /// What it said.
        output: String,
    },
    /// A file, socket or process could not be handled.
    #[error("cannot {action}")]
    Io {
        /// What was tried, naming the thing.
        action: String,
        /// Why.
        source: io::Error,
    },
    /// A service ended before it was ready.
    #[error("{part} ended with {status}; its last words: {log}")]
    Ended {
        /// Which service.
        part: String,
        /// How it ended.
        status: String,
        /// The end of its output.
        log: String,
    },
    /// Something awaited did not happen in time.
    #[error("no {what} within {:.1} s; last seen: {state}", waited.as_secs_f32())]
    Late {
        /// What was awaited.
        what: String,
        /// How long.
        waited: Duration,
        /// The last state seen.
        state: String,
    },
    /// A part answered in a way that makes no sense.
    #[error("{part} answered {answer}")]
    Answer {
        /// Which part.
        part: &'static str,
        /// What it said.
        answer: String,
    },
}

impl PartError {
    /// Turns an I/O error into ours, naming what was tried: `.map_err(PartError::io("bind 127.0.0.1"))`.
    pub(crate) fn io(action: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action: action.into(), source }
    }
}

impl fmt::Debug for PartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (hint: {})", explain::chain(self).join(": "), self.next_step())
    }
}

impl Explain for PartError {
    fn kind(&self) -> Kind {
        match self {
            Self::Missing { .. } | Self::Failed { .. } | Self::Ended { .. } => Kind::Failed,
            Self::Late { .. } => Kind::Unavailable,
            Self::Run(error) => error.kind(),
            Self::Io { .. } | Self::Answer { .. } => Kind::Internal,
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Missing { package, .. } => format!("apt-get install {package}").into(),
            Self::Run(error) => error.next_step(),
            Self::Failed { .. } | Self::Ended { .. } => "see what it said, then run it by hand".into(),
            Self::Io { .. } => "see that the disk is not full and the file is yours".into(),
            Self::Late { .. } => "see the last state; on a busy machine, try again".into(),
            Self::Answer { .. } => "see that the installed version is the one this part expects".into(),
        }
    }
}
