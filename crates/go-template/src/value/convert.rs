//! To and from YAML and JSON.

use std::collections::BTreeMap;

use super::{Key, List, ListType, Map, MapType, Value};

impl From<&yaml::Value> for Value {
    /// As go-yaml decodes into `interface{}`: maps have keys of any type.
    fn from(value: &yaml::Value) -> Self {
        match value {
            yaml::Value::Scalar(scalar) => scalar_value(scalar),
            yaml::Value::List(items) => Self::list(items.iter().map(Self::from).collect()),
            yaml::Value::Map(entries) => {
                let entry = |(key, value): &(yaml::Value, yaml::Value)| {
                    Some((Key::of(&Self::from(key))?, Self::from(value)))
                };
                Self::Map(Map::new(MapType::Any, entries.iter().filter_map(entry).collect()))
            }
        }
    }
}

fn scalar_value(scalar: &yaml::Scalar) -> Value {
    match scalar {
        yaml::Scalar::Null => Value::Nil,
        yaml::Scalar::Bool(value) => Value::Bool(*value),
        yaml::Scalar::Int(value) => Value::Int(*value),
        yaml::Scalar::Uint(value) => Value::Uint(*value),
        yaml::Scalar::Float(value) => Value::Float(*value),
        yaml::Scalar::Text(text) => Value::text(text),
    }
}

impl Value {
    /// As go-yaml encodes it.
    #[must_use]
    pub fn to_yaml(&self) -> yaml::Value {
        let scalar = match self {
            Self::Nil => yaml::Scalar::Null,
            Self::Bool(value) => yaml::Scalar::Bool(*value),
            Self::Int(value) | Self::Int64(value) => yaml::Scalar::Int(*value),
            Self::Byte(value) => yaml::Scalar::Uint(u64::from(*value)),
            Self::Uint(value) => yaml::Scalar::Uint(*value),
            Self::Float(value) => yaml::Scalar::Float(*value),
            Self::Text(text) => yaml::Scalar::Text(text.as_ref().to_owned()),
            Self::List(list) => return yaml::Value::List(list.items().iter().map(Self::to_yaml).collect()),
            Self::Map(map) => {
                let entry = |(key, value): (Key, Self)| (key.to_value().to_yaml(), value.to_yaml());
                return yaml::Value::Map(map.entries().into_iter().map(entry).collect());
            }
            Self::Record(record) => {
                let key = |name: &str| yaml::Value::Scalar(yaml::Scalar::Text(name.to_lowercase()));
                let entries =
                    record.fields().iter().map(|(name, value)| (key(name), value.to_yaml())).collect();
                return yaml::Value::Map(entries);
            }
        };
        yaml::Value::Scalar(scalar)
    }

    /// As Go's JSON decodes into `interface{}`: numbers are floats, maps have text keys.
    #[must_use]
    pub fn from_json(value: &serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Nil,
            serde_json::Value::Bool(value) => Self::Bool(*value),
            serde_json::Value::Number(number) => Self::Float(number.as_f64().unwrap_or(f64::NAN)),
            serde_json::Value::String(text) => Self::text(text),
            serde_json::Value::Array(items) => Self::list(items.iter().map(Self::from_json).collect()),
            serde_json::Value::Object(fields) => {
                Self::Map(Map::dict(fields.iter().map(|(name, value)| (name, Self::from_json(value)))))
            }
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<Vec<i64>> for Value {
    fn from(numbers: Vec<i64>) -> Self {
        Self::List(List::new(ListType::Int, numbers.into_iter().map(Self::Int).collect()))
    }
}

impl From<BTreeMap<String, String>> for Value {
    fn from(texts: BTreeMap<String, String>) -> Self {
        let entries = texts.into_iter().map(|(key, text)| (Key::text(&key), Self::text(text))).collect();
        Self::Map(Map::new(MapType::Texts, entries))
    }
}
