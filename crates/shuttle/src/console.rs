//! Everything that is printed.

use std::io::{self, Write};

use explain::Report;

use crate::failure::Failure;

/// The two streams of a person's terminal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Console {
    verbose: bool,
    quiet: bool,
}

impl Console {
    /// `quiet` leaves out what is only good to know; `verbose` wins over it.
    pub(crate) fn new(verbose: bool, quiet: bool) -> Self {
        Self { verbose, quiet }
    }

    /// Data, as it is.
    pub(crate) fn data(self, text: &str) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes()).and_then(|()| out.flush()).or_else(|source| match source.kind() {
            // Whoever read has seen enough.
            io::ErrorKind::BrokenPipe => Ok(()),
            _ => Err(Failure::Output { source }),
        })
    }

    /// A line that tells what happens.
    pub(crate) fn info(self, text: &str) {
        if self.verbose || !self.quiet {
            talk(text);
        }
    }

    /// A line for those who want to know everything.
    pub(crate) fn detail(self, text: &str) {
        if self.verbose {
            talk(text);
        }
    }

    /// A line about something that may be wrong.
    pub(crate) fn warn(self, text: &str) {
        talk(&format!("warning: {text}"));
    }

    /// Why the command failed.
    pub(crate) fn failure(self, failure: &Failure) {
        talk(&Report { message: chain(failure), ..report(failure) }.to_string());
    }
}

fn report(failure: &Failure) -> Report {
    use explain::Explain;
    Report { kind: failure.kind(), message: String::new(), hint: failure.next_step().into_owned() }
}

fn chain(failure: &Failure) -> String {
    explain::chain(failure).join(": ")
}

/// Nobody is left to tell when standard error is gone.
fn talk(text: &str) {
    let mut err = io::stderr().lock();
    drop(writeln!(err, "{text}"));
}
