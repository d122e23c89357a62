//! What templates compute with: Go's values, as far as templates can tell them apart.

mod convert;
mod key;
mod list;
mod map;
mod record;
mod types;

use std::rc::Rc;

pub use key::Key;
pub use list::{List, ListType};
pub use map::{Map, MapType};
pub use record::Record;
pub use types::Type;

/// A value of a template.
///
/// Cloning is cheap, and a clone of a [`Map`] is the same map, as in Go: setting a key is seen through both.
#[derive(Clone, Debug)]
pub enum Value {
    /// `nil`, or no value at all.
    Nil,
    /// `bool`.
    Bool(bool),
    /// `int`.
    Int(i64),
    /// `int64`, which Go keeps apart from `int`.
    Int64(i64),
    /// `uint8`: a byte of a string.
    Byte(u8),
    /// `uint64`.
    Uint(u64),
    /// `float64`.
    Float(f64),
    /// `string`.
    Text(Rc<str>),
    /// A slice.
    List(List),
    /// A map.
    Map(Map),
    /// A struct.
    Record(Rc<Record>),
}

impl Value {
    /// Text.
    #[must_use]
    pub fn text(text: impl AsRef<str>) -> Self {
        Self::Text(text.as_ref().into())
    }

    /// A list of any values.
    #[must_use]
    pub fn list(items: Vec<Self>) -> Self {
        Self::List(List::new(ListType::Any, items))
    }

    /// A list of texts.
    pub fn texts(items: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        Self::List(List::new(ListType::Text, items.into_iter().map(Self::text).collect()))
    }

    /// Whether this is `nil`.
    #[must_use]
    pub fn is_nil(&self) -> bool {
        matches!(self, Self::Nil)
    }

    /// Go's truth: not the zero value of its type.
    #[must_use]
    pub fn is_true(&self) -> bool {
        match self {
            Self::Nil => false,
            Self::Bool(value) => *value,
            Self::Int(value) | Self::Int64(value) => *value != 0,
            Self::Byte(value) => *value != 0,
            Self::Uint(value) => *value != 0,
            Self::Float(value) => *value != 0.0,
            Self::Text(text) => !text.is_empty(),
            Self::List(list) => !list.items().is_empty(),
            Self::Map(map) => !map.is_empty(),
            Self::Record(_) => true,
        }
    }

    /// The signed number this holds.
    #[must_use]
    pub fn signed(&self) -> Option<i64> {
        match self {
            Self::Int(value) | Self::Int64(value) => Some(*value),
            _ => None,
        }
    }

    /// The unsigned number this holds.
    #[must_use]
    pub fn unsigned(&self) -> Option<u64> {
        match self {
            Self::Byte(value) => Some(u64::from(*value)),
            Self::Uint(value) => Some(*value),
            _ => None,
        }
    }

    /// Go's `reflect.DeepEqual`.
    #[must_use]
    pub fn deep_equal(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Nil, Self::Nil) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) | (Self::Int64(a), Self::Int64(b)) => a == b,
            (Self::Byte(a), Self::Byte(b)) => a == b,
            (Self::Uint(a), Self::Uint(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a == b,
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::List(a), Self::List(b)) => a.deep_equal(b),
            (Self::Map(a), Self::Map(b)) => a.deep_equal(b),
            (Self::Record(a), Self::Record(b)) => a.deep_equal(b),
            _ => false,
        }
    }

    /// A copy that shares no map with this value.
    #[must_use]
    pub fn deep_copy(&self) -> Self {
        match self {
            Self::List(list) => {
                Self::List(List::new(list.kind(), list.items().iter().map(Self::deep_copy).collect()))
            }
            Self::Map(map) => Self::Map(map.deep_copy()),
            _ => self.clone(),
        }
    }

    /// Whether the given map is this value or somewhere inside of it.
    pub(crate) fn contains_map(&self, map: &Map) -> bool {
        match self {
            Self::Map(own) => {
                own.is_same(map) || own.entries().iter().any(|(_, value)| value.contains_map(map))
            }
            Self::List(list) => list.items().iter().any(|item| item.contains_map(map)),
            Self::Record(record) => record.fields().iter().any(|(_, value)| value.contains_map(map)),
            _ => false,
        }
    }
}
