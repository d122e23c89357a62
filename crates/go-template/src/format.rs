//! Go's `fmt`: values as text.

pub(crate) mod float;
pub(crate) mod printf;
pub(crate) mod quote;
mod verb;

use std::fmt::Write;

use crate::{Key, Map, Value};

/// Go's `%v`.
pub(crate) fn plain(value: &Value) -> String {
    let mut out = String::new();
    write_plain(&mut out, value);
    out
}

fn write_plain(out: &mut String, value: &Value) {
    match value {
        Value::Nil => out.push_str("<nil>"),
        Value::Text(text) => out.push_str(text),
        Value::List(list) => write_items(out, "[", "]", list.items()),
        Value::Map(map) => write_map(out, map),
        Value::Record(record) => {
            if let Some(text) = record.field("String") {
                return write_plain(out, text);
            }
            let fields: Vec<Value> = record.fields().iter().map(|(_, value)| value.clone()).collect();
            write_items(out, "{", "}", &fields);
        }
        Value::Bool(_)
        | Value::Int(_)
        | Value::Int64(_)
        | Value::Byte(_)
        | Value::Uint(_)
        | Value::Float(_) => {
            out.push_str(&scalar(value));
        }
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::Int(value) | Value::Int64(value) => value.to_string(),
        Value::Byte(value) => value.to_string(),
        Value::Uint(value) => value.to_string(),
        Value::Float(value) => float::shortest(*value),
        Value::Nil | Value::Text(_) | Value::List(_) | Value::Map(_) | Value::Record(_) => plain(value),
    }
}

fn write_items(out: &mut String, open: &str, close: &str, items: &[Value]) {
    out.push_str(open);
    for (index, item) in items.iter().enumerate() {
        out.push_str(if index > 0 { " " } else { "" });
        write_plain(out, item);
    }
    out.push_str(close);
}

fn write_map(out: &mut String, map: &Map) {
    out.push_str("map[");
    for (index, (key, value)) in map.entries().iter().enumerate() {
        out.push_str(if index > 0 { " " } else { "" });
        write_plain(out, &Key::to_value(key));
        out.push(':');
        write_plain(out, value);
    }
    out.push(']');
}

/// Go's `Sprint`: a blank between two neighbours of which neither is text.
pub(crate) fn print(values: &[Value]) -> String {
    let is_text = |value: &Value| matches!(value, Value::Text(_));
    let mut out = String::new();
    for (index, value) in values.iter().enumerate() {
        if index > 0 && !is_text(value) && !is_text(&values[index - 1]) {
            out.push(' ');
        }
        write_plain(&mut out, value);
    }
    out
}

/// Go's `Sprintln`.
pub(crate) fn println(values: &[Value]) -> String {
    let mut out = String::new();
    for (index, value) in values.iter().enumerate() {
        let written = write!(out, "{}{}", if index > 0 { " " } else { "" }, plain(value));
        debug_assert!(written.is_ok(), "writing to a string cannot fail");
    }
    out.push('\n');
    out
}
