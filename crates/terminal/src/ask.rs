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

    /// Lets the person choose one of some lines by number, counted from `first`; an empty answer takes `default`.
    /// Asks again until the answer is one of them. Gives the index into `lines`.
    ///
    /// # Errors
    /// When nobody is there, or they end the input.
    pub fn choose(
        &self,
        question: &str,
        lines: &[String],
        first: usize,
        default: usize,
    ) -> Result<usize, AskError> {
        if !self.is_interactive() {
            return Err(AskError::NotATerminal { question: question.to_owned() });
        }
        self.talk(question);
        for line in lines {
            self.talk(format_args!("  {line}"));
        }
        let last = (first + lines.len()).saturating_sub(1);
        loop {
            let answer = self.ask(&format!("Number ({first} to {last}) [{}]:", first + default))?;
            if answer.is_empty() {
                return Ok(default);
            }
            match answer.trim_start_matches('#').parse::<usize>() {
                Ok(number) if (first..=last).contains(&number) => return Ok(number - first),
                _ => self.talk(format_args!("`{answer}` is not a number from {first} to {last}.")),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Look;

    fn choose(answers: &[&str]) -> (Result<usize, AskError>, String) {
        let (terminal, capture) = Terminal::captured(Look::TERMINAL, answers.iter().copied());
        let chosen = terminal.choose("Which?", &["#0 a".into(), "#1 b".into()], 0, 1);
        (chosen, capture.stderr())
    }

    #[test]
    fn a_choice_is_asked_until_it_is_one() {
        let (chosen, talk) = choose(&["x", "2", "#0"]);
        assert_eq!(chosen.unwrap(), 0);
        let question = "Number (0 to 1) [1]: ";
        assert_eq!(
            talk,
            format!(
                "Which?\n  #0 a\n  #1 b\n{question}`x` is not a number from 0 to 1.\n{question}`2` is not a number from 0 to 1.\n{question}"
            )
        );
    }

    #[test]
    fn enter_takes_the_default_and_the_end_of_input_cancels() {
        assert_eq!(choose(&[""]).0.unwrap(), 1);
        assert!(matches!(choose(&[]).0, Err(AskError::Cancelled)));
    }

    #[test]
    fn nobody_is_asked_where_nobody_is() {
        let (terminal, capture) = Terminal::captured(Look::PLAIN, ["y"]);
        let error = terminal.ask("Sure?").unwrap_err();
        assert_eq!(error.to_string(), "cannot ask `Sure?`: this is not a terminal");
        assert_eq!(capture.stderr(), "");
    }
}
