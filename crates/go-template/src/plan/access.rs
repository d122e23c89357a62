//! Values at dotted paths.

use std::rc::Rc;

use crate::function::Call;
use crate::{Key, List, ListType, Map, MapType, Record, Value, format};

/// The value at a dotted path, or nil.
///
/// # Errors
/// When the path leads through a value of a type that has no inside, as the original does.
pub fn lookup(path: &str, value: &Value) -> Result<Value, String> {
    let mut value = value.clone();
    for name in path.split('.') {
        value = match &value {
            Value::Map(map) => map.field(name).unwrap_or(Value::Nil),
            Value::Nil | Value::List(_) | Value::Text(_) | Value::Bool(_) | Value::Int(_) => {
                return Ok(Value::Nil);
            }
            other => return Err(format!("unexpected type {}", other.type_name())),
        };
    }
    Ok(value)
}

pub(super) fn get(call: &Call<'_>) -> Result<Value, String> {
    lookup(call.text(0), call.any(1))
}

pub(super) fn string(call: &Call<'_>) -> Result<Value, String> {
    Ok(match get(call)? {
        Value::Nil => Value::text(""),
        value => format::plain(&value).into(),
    })
}

pub(super) fn int(call: &Call<'_>) -> Result<Value, String> {
    match get(call)? {
        Value::Nil => Ok(Value::Int(0)),
        Value::Int(number) => Ok(Value::Int(number)),
        other => Err(format!("interface conversion: interface {{}} is {}, not int", other.type_name())),
    }
}

pub(super) fn array(call: &Call<'_>) -> Result<Value, String> {
    Ok(match get(call)? {
        Value::List(list) => Value::List(list),
        Value::Map(map) => Value::list(text_entries(&map)?.into_iter().map(|(_, value)| value).collect()),
        _ => Value::Nil,
    })
}

pub(super) fn object_array(call: &Call<'_>) -> Result<Value, String> {
    if call.any(1).is_nil() {
        return Ok(Value::Nil);
    }
    let entries = match get(call)? {
        Value::Map(map) => text_entries(&map)?,
        _ => Vec::new(),
    };
    let pair = |(key, value)| {
        Value::Record(Rc::new(Record::new(
            "templates.KeyValuePair",
            vec![("Key", Value::text(key)), ("Value", value)],
        )))
    };
    let pairs = entries.into_iter().map(pair).collect();
    Ok(Value::List(List::new(ListType::Records("templates.KeyValuePair"), pairs)))
}

/// The entries of a map whose keys must all be text.
fn text_entries(map: &Map) -> Result<Vec<(String, Value)>, String> {
    let entry = |(key, value): (Key, Value)| match key.as_text() {
        Some(text) => Ok((text.to_owned(), value)),
        None => {
            Err(format!("interface conversion: interface {{}} is {}, not string", key.to_value().type_name()))
        }
    };
    map.entries().into_iter().map(entry).collect()
}

pub(super) fn from_yaml(call: &Call<'_>) -> Result<Value, String> {
    let documents = yaml::documents(call.text(0)).map_err(|error| format!("yaml: {error}"))?;
    let Some(document) = documents.first() else { return Ok(Value::Map(Map::dict::<&str>([]))) };
    match Value::from(&document.root.to_value()) {
        Value::Map(map) => Ok(Value::Map(Map::new(MapType::Dict, map.entries().into_iter().collect()))),
        _ => {
            let tag = document.root.tag();
            let written = document.root.written().map(|text| format!(" `{text}`")).unwrap_or_default();
            Err(format!(
                "yaml: unmarshal errors:\n  line {}: cannot unmarshal {tag}{written} into map[string]interface {{}}",
                document.line
            ))
        }
    }
}
