//! Structs that the caller hands in.

use super::Value;

/// A struct with named fields; methods without arguments are fields here.
#[derive(Clone, Debug)]
pub struct Record {
    type_name: &'static str,
    fields: Vec<(&'static str, Value)>,
}

impl Record {
    /// A record of a named type.
    #[must_use]
    pub fn new(type_name: &'static str, fields: Vec<(&'static str, Value)>) -> Self {
        Self { type_name, fields }
    }

    /// The name of its type, for messages.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        self.type_name
    }

    /// Its fields.
    #[must_use]
    pub fn fields(&self) -> &[(&'static str, Value)] {
        &self.fields
    }

    /// One field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|(own, _)| *own == name).map(|(_, value)| value)
    }

    pub(super) fn deep_equal(&self, other: &Self) -> bool {
        self.type_name == other.type_name
            && self.fields.iter().zip(&other.fields).all(|((_, a), (_, b))| a.deep_equal(b))
    }
}
