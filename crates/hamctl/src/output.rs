//! Answers as text for people or as data for programs.

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

    /// Whether a program reads.
    pub(crate) fn is_data(&self) -> bool {
        self.format != Format::Table
    }

    /// A line for people; programs do not get it.
    pub(crate) fn line(&self, text: impl fmt::Display) {
        if !self.is_data() {
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
        if self.is_data() {
            return self.data(answer);
        }
        self.terminal.data_exact(&text(answer));
        Ok(())
    }

    /// An answer for programs; people do not get it.
    pub(crate) fn data<T: Serialize>(&self, answer: &T) -> Result<(), CommandError> {
        match self.format {
            Format::Table => {}
            Format::Json => {
                let bytes = go_json::to_file(answer).map_err(CommandError::Encoding)?;
                self.terminal.data_exact(&String::from_utf8_lossy(&bytes));
            }
            Format::Yaml => {
                let value = serde_json::to_value(answer).map_err(CommandError::Encoding)?;
                self.terminal.data_exact(&yaml::to_string(&yaml_of(value)));
            }
        }
        Ok(())
    }

    /// What stands between two answers of one command, so that a program can tell them apart. JSON needs nothing.
    pub(crate) fn next_document(&self) {
        if self.format == Format::Yaml {
            self.terminal.data("---");
        }
    }
}

/// JSON's values are YAML's too.
fn yaml_of(value: serde_json::Value) -> yaml::Value {
    use serde_json::Value as Json;
    use yaml::{Scalar, Value};
    match value {
        Json::Null => Value::Scalar(Scalar::Null),
        Json::Bool(value) => Value::Scalar(Scalar::Bool(value)),
        Json::Number(number) => Value::Scalar(match (number.as_i64(), number.as_u64()) {
            (Some(value), _) => Scalar::Int(value),
            (None, Some(value)) => Scalar::Uint(value),
            (None, None) => Scalar::Float(number.as_f64().unwrap_or(f64::NAN)),
        }),
        Json::String(text) => Value::Scalar(Scalar::Text(text)),
        Json::Array(items) => Value::List(items.into_iter().map(yaml_of).collect()),
        Json::Object(entries) => {
            let key = |key: String| Value::Scalar(Scalar::Text(key));
            Value::Map(entries.into_iter().map(|(name, value)| (key(name), yaml_of(value))).collect())
        }
    }
}
