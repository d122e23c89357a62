//! Types of parameters and values, with Go's names for them.

use std::fmt;

use super::{ListType, MapType, Value};

/// The type of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// `interface {}`.
    Any,
    /// `reflect.Value`: anything, without a conversion.
    Reflected,
    /// `bool`.
    Bool,
    /// `int`.
    Int,
    /// `float64`.
    Float,
    /// `string`.
    Text,
    /// `map[string]interface {}`.
    Dict,
    /// `time.Time`.
    Time,
}

impl Type {
    /// Whether `nil` is a value of it.
    #[must_use]
    pub fn can_be_nil(self) -> bool {
        match self {
            Self::Any | Self::Reflected | Self::Dict => true,
            Self::Bool | Self::Int | Self::Float | Self::Text | Self::Time => false,
        }
    }

    /// Whether a value can be handed over as it is.
    #[must_use]
    pub fn accepts(self, value: &Value) -> bool {
        match (self, value) {
            (Self::Any | Self::Reflected, _)
            | (Self::Bool, Value::Bool(_))
            | (Self::Int, Value::Int(_))
            | (Self::Float, Value::Float(_))
            | (Self::Text, Value::Text(_)) => true,
            // Nested maps of YAML have keys of any type in Go; where all are texts they are accepted here.
            (Self::Dict, Value::Map(map)) => map.kind() != MapType::Texts && map.has_text_keys(),
            (Self::Time, Value::Record(record)) => record.type_name() == "time.Time",
            _ => false,
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Any => "interface {}",
            Self::Reflected => "reflect.Value",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Float => "float64",
            Self::Text => "string",
            Self::Dict => "map[string]interface {}",
            Self::Time => "time.Time",
        })
    }
}

impl Value {
    /// The name of its Go type; `<nil>` for nil.
    #[must_use]
    pub fn type_name(&self) -> String {
        match self {
            Self::Nil => "<nil>",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Int64(_) => "int64",
            Self::Byte(_) => "uint8",
            Self::Uint(_) => "uint64",
            Self::Float(_) => "float64",
            Self::Text(_) => "string",
            Self::List(list) => match list.kind() {
                ListType::Any => "[]interface {}",
                ListType::Text => "[]string",
                ListType::Int => "[]int",
                ListType::Lists => "[][]interface {}",
                ListType::Records(name) => return format!("[]{name}"),
            },
            Self::Map(map) => match map.kind() {
                MapType::Dict => "map[string]interface {}",
                MapType::Any => "map[interface {}]interface {}",
                MapType::Texts => "map[string]string",
            },
            Self::Record(record) => record.type_name(),
        }
        .to_owned()
    }

    /// The name of its Go kind; `invalid` for nil.
    #[must_use]
    pub fn kind_name(&self) -> &'static str {
        match self {
            Self::Nil => "invalid",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Int64(_) => "int64",
            Self::Byte(_) => "uint8",
            Self::Uint(_) => "uint64",
            Self::Float(_) => "float64",
            Self::Text(_) => "string",
            Self::List(_) => "slice",
            Self::Map(_) => "map",
            Self::Record(_) => "struct",
        }
    }
}
