//! Questions, asked only where somebody can answer.

use std::borrow::Cow;
use std::io;

use explain::{Explain, Kind};

use crate::Terminal;
use crate::terminal::Input;

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// Nobody is there to ask.
    #[error("cannot ask `{question}`: this is not a terminal")]
    NotATerminal {
        /// What would have been asked.
        question: String,
    },
    /// The input ended, as by Ctrl-D.
    #[error("cancelled")]
    Cancelled,
    /// The answer could not be read.
    #[error("cannot read the answer")]
    Unreadable {
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl Explain for AskError {
    fn kind(&self) -> Kind {
        match self {
            Self::NotATerminal { .. } => Kind::Usage,
            Self::Cancelled | Self::Unreadable { .. } => Kind::Failed,
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::NotATerminal { .. } => "give the answer as a flag".into(),
            Self::Cancelled => "".into(),
            Self::Unreadable { .. } => "run it in a terminal".into(),
        }
    }
}

impl Terminal {
    /// Asks for one line; the answer is trimmed.
    ///
    /// # Errors
    /// When nobody is there, or they end the input.
    pub fn ask(&self, question: &str) -> Result<String, AskError> {
        if !self.is_interactive() {
            return Err(AskError::NotATerminal { question: question.to_owned() });
        }
        let mut state = self.lock();
        state.clear_progress();
        state.err.write(&format!("{question} "));
        let line = match &mut state.input {
            Input::Stdin => {
                let mut line = String::new();
                let read = io::stdin().read_line(&mut line);
                (read.map_err(|source| AskError::Unreadable { source })? > 0).then_some(line)
            }
            Input::Lines(lines) => lines.pop_front(),
        };
        match line {
            Some(line) => Ok(line.trim().to_owned()),
            None => {
                state.err.write("\n");
                Err(AskError::Cancelled)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Look;

    #[test]
    fn nobody_is_asked_where_nobody_is() {
        let (terminal, capture) = Terminal::captured(Look::PLAIN, ["y"]);
        let error = terminal.ask("Sure?").unwrap_err();
        assert_eq!(error.to_string(), "cannot ask `Sure?`: this is not a terminal");
        assert_eq!(capture.stderr(), "");
    }
}
