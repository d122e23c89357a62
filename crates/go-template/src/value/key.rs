//! Keys of maps, in the order in which Go prints and ranges over them.

use std::cmp::Ordering;
use std::rc::Rc;

use super::Value;

/// A key of a map.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// `nil`.
    Nil,
    /// A boolean.
    Bool(bool),
    /// A signed number.
    Int(i64),
    /// An unsigned number.
    Uint(u64),
    /// A float.
    Float(Float),
    /// Text.
    Text(Rc<str>),
}

/// A float with a total order.
#[derive(Clone, Copy, Debug)]
pub struct Float(pub f64);

impl PartialEq for Float {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Float {}
impl PartialOrd for Float {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Float {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl Key {
    /// A text key.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    /// The key as a value.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match self {
            Self::Nil => Value::Nil,
            Self::Bool(value) => Value::Bool(*value),
            Self::Int(value) => Value::Int(*value),
            Self::Uint(value) => Value::Uint(*value),
            Self::Float(value) => Value::Float(value.0),
            Self::Text(text) => Value::Text(text.clone()),
        }
    }

    /// The key that a value makes, if it can be one.
    #[must_use]
    pub fn of(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Nil => Self::Nil,
            Value::Bool(value) => Self::Bool(*value),
            Value::Int(value) | Value::Int64(value) => Self::Int(*value),
            Value::Byte(value) => Self::Uint(u64::from(*value)),
            Value::Uint(value) => Self::Uint(*value),
            Value::Float(value) => Self::Float(Float(*value)),
            Value::Text(text) => Self::Text(text.clone()),
            Value::List(_) | Value::Map(_) | Value::Record(_) => return None,
        })
    }

    /// The text of a text key.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Nil | Self::Bool(_) | Self::Int(_) | Self::Uint(_) | Self::Float(_) => None,
        }
    }
}
