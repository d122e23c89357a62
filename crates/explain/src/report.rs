//! From an error to the lines a person reads.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use crate::Kind;

/// An error that can say what to do about it.
///
/// Implement it beside the error with a `match` that has no `_` arm, so that a new variant does not compile
/// until somebody has decided what its reader should do.
pub trait Explain: Error {
    /// How callers have to treat it.
    fn kind(&self) -> Kind;

    /// The next step, as an imperative sentence without full stop; best a command to run.
    fn next_step(&self) -> Cow<'static, str>;
}

/// The causes of an error, from the outermost message to the root, one string each.
#[must_use]
pub fn chain(error: &dyn Error) -> Vec<String> {
    let mut messages = vec![error.to_string()];
    let mut source = error.source();
    while let Some(cause) = source {
        let message = cause.to_string();
        // Some libraries repeat their source in their own message: say it once.
        if !messages.last().is_some_and(|last| last.ends_with(&message)) {
            messages.push(message);
        }
        source = cause.source();
    }
    messages
}

/// Message, causes and hint as text: `error: thing: cause` and `hint: next step`.
#[derive(Debug)]
pub struct Report {
    /// How callers have to treat it.
    pub kind: Kind,
    /// The message with its causes, one line.
    pub message: String,
    /// The next step; empty when there is none.
    pub hint: String,
}

impl Report {
    /// Renders an error that explains itself.
    #[must_use]
    pub fn new<E: Explain + 'static>(error: &E) -> Self {
        Self { kind: error.kind(), message: chain(error).join(": "), hint: error.next_step().into_owned() }
    }

    /// All of it in one line, for a list: `thing: cause (hint: next step)`.
    #[must_use]
    pub fn line(&self) -> String {
        match self.hint.as_str() {
            "" => self.message.clone(),
            hint => format!("{} (hint: {hint})", self.message),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.message)?;
        if !self.hint.is_empty() {
            write!(f, "\nhint: {}", self.hint)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Outer(Inner);
    #[derive(Debug)]
    struct Inner;
    impl fmt::Display for Outer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("cannot push to master")
        }
    }
    impl fmt::Display for Inner {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("connection refused")
        }
    }
    impl Error for Inner {}
    impl Error for Outer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }
    impl Explain for Outer {
        fn kind(&self) -> Kind {
            Kind::Unavailable
        }
        fn next_step(&self) -> Cow<'static, str> {
            "check that the Git host is up".into()
        }
    }

    #[test]
    fn a_report_names_the_thing_the_cause_and_the_next_step() {
        assert_eq!(
            Report::new(&Outer(Inner)).to_string(),
            "error: cannot push to master: connection refused\nhint: check that the Git host is up"
        );
    }
}
