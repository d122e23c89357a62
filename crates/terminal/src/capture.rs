//! What a terminal in memory was given.

use crate::Terminal;
use crate::stream::Sink;

/// Reads what was printed to [`Terminal::captured`].
#[derive(Debug)]
pub struct Capture {
    terminal: Terminal,
}

impl Capture {
    pub(crate) fn new(terminal: Terminal) -> Self {
        Self { terminal }
    }

    /// All data so far.
    #[must_use]
    pub fn stdout(&self) -> String {
        text(&self.terminal.lock().out.sink)
    }

    /// All talk so far.
    #[must_use]
    pub fn stderr(&self) -> String {
        text(&self.terminal.lock().err.sink)
    }
}

fn text(sink: &Sink) -> String {
    match sink {
        Sink::Memory(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Sink::Stdout | Sink::Stderr => String::new(),
    }
}
