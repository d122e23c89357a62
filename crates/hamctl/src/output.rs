//! Answers as text for people or as JSON for programs.

use std::fmt;

use serde::Serialize;
use terminal::{Terminal, Tone};

use crate::args::Format;
use crate::error::CommandError;

/// Where answers go, and in which form.
#[derive(Clone, Debug)]
pub(crate) struct Output {
    pub(crate) terminal: Terminal,
    format: Format,
}

impl Output {
    pub(crate) fn new(terminal: Terminal, format: Format) -> Self {
        Self { terminal, format }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// A line for people; programs do not get it.
    pub(crate) fn line(&self, text: impl fmt::Display) {
        if !self.is_json() {
            self.terminal.data(text);
        }
    }

    /// A line that says that something went well.
    pub(crate) fn done(&self, text: impl fmt::Display) {
        let mark = self.terminal.data_toned(Tone::Good, "[✓]");
        self.line(format_args!("{mark} {text}"));
    }

    /// A whole answer.
    pub(crate) fn answer<T: Serialize>(
        &self,
        answer: &T,
        text: impl FnOnce(&T) -> String,
    ) -> Result<(), CommandError> {
        if self.is_json() {
            return self.json(answer);
        }
        self.terminal.data_exact(&text(answer));
        Ok(())
    }

    /// An answer for programs; people do not get it.
    pub(crate) fn json<T: Serialize>(&self, answer: &T) -> Result<(), CommandError> {
        if self.is_json() {
            let bytes = go_json::to_file(answer).map_err(CommandError::Encoding)?;
            self.terminal.data_exact(&String::from_utf8_lossy(&bytes));
        }
        Ok(())
    }
}
