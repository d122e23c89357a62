//! What can be wrong with a YAML text, and where.

use std::borrow::Cow;

use explain::{Explain, Kind};

use crate::Position;

/// A fault in a YAML text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {}, column {}: {problem}", position.line, position.column)]
pub struct YamlError {
    /// Where it is.
    pub position: Position,
    /// What it is.
    pub problem: Problem,
}

/// The kinds of fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The text is not YAML.
    #[error("{0}")]
    Syntax(String),
    /// A character that YAML does not allow, such as a NUL byte.
    #[error("control characters are not allowed")]
    ControlCharacter,
    /// A mapping has the same key twice.
    #[error("key {0:?} already set in map")]
    DuplicateKey(String),
    /// A key is a list, a map, or (for JSON) null.
    #[error("invalid map key: {0}")]
    BadKey(&'static str),
    /// The value of a merge key is no map.
    #[error("map merge requires map or sequence of maps as the value")]
    BadMerge,
    /// An explicit tag does not fit the text.
    #[error("cannot decode {found} `{text}` as a !!{wanted}")]
    BadTag {
        /// The type the text has.
        found: &'static str,
        /// The text.
        text: String,
        /// The type the tag asks for.
        wanted: String,
    },
    /// A `!!binary` value is not base64.
    #[error("!!binary value contains invalid base64 data")]
    BadBinary,
    /// An alias inside of the value that it stands for.
    #[error("anchor value contains itself")]
    Recursive,
    /// Collections nested too deeply.
    #[error("nested more than {0} levels deep")]
    TooDeep(usize),
    /// Aliases that blow a small text up.
    #[error("document contains excessive aliasing")]
    TooManyAliases,
    /// A number that JSON does not have.
    #[error("{0} cannot be written as JSON")]
    NotJson(&'static str),
}

impl YamlError {
    /// The line of the fault, counted from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.position.line
    }

    /// The column of the fault, counted from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.position.column
    }
}

impl Problem {
    pub(crate) fn at(self, position: Position) -> YamlError {
        YamlError { position, problem: self }
    }
}

impl Explain for YamlError {
    fn kind(&self) -> Kind {
        Kind::Invalid
    }

    fn next_step(&self) -> Cow<'static, str> {
        let line = self.position.line;
        match &self.problem {
            Problem::Syntax(_) => format!("correct the YAML at line {line}; tabs and indentation are the usual causes"),
            Problem::ControlCharacter => {
                format!("remove the invisible character from line {line}, or write it as an escape in double quotes")
            }
            Problem::DuplicateKey(key) => format!("keep one of the two `{key}` keys"),
            Problem::BadKey(_) => format!("use a string as the key at line {line}"),
            Problem::BadMerge => format!("let `<<` at line {line} name a map, or a list of maps"),
            Problem::BadTag { wanted, .. } => format!("remove the tag !!{wanted} at line {line}, or correct the value"),
            Problem::BadBinary => format!("encode the value at line {line} as base64"),
            Problem::Recursive => format!("write the value out instead of the alias at line {line}"),
            Problem::TooDeep(_) => format!("flatten the structure at line {line}"),
            Problem::TooManyAliases => "write the values out instead of using aliases of aliases".to_owned(),
            Problem::NotJson(_) => format!("quote the value at line {line}, or use an ordinary number"),
        }
        .into()
    }
}
