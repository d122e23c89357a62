//! What can be wrong with a template, in Go's words.

use std::borrow::Cow;

use explain::{Explain, Kind};

use crate::format::quote;

/// A template that cannot be rendered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// The text is not a template.
    #[error(transparent)]
    Parse(#[from] ParseError),
    /// Rendering failed.
    #[error(transparent)]
    Exec(#[from] Box<ExecError>),
}

/// A text that is not a template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("template: {name}:{line}: {message}")]
pub struct ParseError {
    /// The template's name.
    pub name: String,
    /// The line of the fault, counted from 1.
    pub line: usize,
    /// What it is.
    pub message: String,
}

/// A template that failed while it was rendered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "template: {name}:{line}:{column}: executing {} at <{expression}>: {cause}",
    quote::double(executing)
)]
pub struct ExecError {
    /// The name of the text.
    pub name: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The byte in the line, counted from 0 as Go does.
    pub column: usize,
    /// The name of the template in the text.
    pub executing: String,
    /// The part that failed.
    pub expression: String,
    /// Why.
    pub cause: String,
}

impl Explain for TemplateError {
    fn kind(&self) -> Kind {
        Kind::Invalid
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Parse(error) => format!("correct {} at line {}", error.name, error.line),
            Self::Exec(error) => format!(
                "correct {} at line {}, or the value that {} gets",
                error.name, error.line, error.expression
            ),
        }
        .into()
    }
}
