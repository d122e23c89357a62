//! Writing a value as go-yaml version 2 writes it: block style, two spaces, sorted keys, folded at 80 columns.

mod scalar;
mod writer;

use crate::order;
use crate::{Scalar, Value, float, resolve};
use scalar::{Analysis, Style};
use writer::Writer;

/// Keys longer than this need the `? ` form.
const SIMPLE_KEY_LIMIT: usize = 128;

/// A value as YAML text, with a final newline.
///
/// ```
/// use yaml::{Scalar, Value};
/// let text = |text: &str| Value::Scalar(Scalar::Text(text.to_owned()));
/// assert_eq!(yaml::to_string(&Value::List(vec![text("plain"), text("yes")])), "- plain\n- \"yes\"\n");
/// ```
#[must_use]
pub fn to_string(value: &Value) -> String {
    let mut writer = Writer::new();
    node(&mut writer, value, Place { in_map: false, is_key: false });
    writer.finish()
}

/// Where a node stands.
#[derive(Clone, Copy)]
struct Place {
    in_map: bool,
    is_key: bool,
}

fn node(writer: &mut Writer, value: &Value, place: Place) {
    match value {
        Value::Scalar(scalar) => self::scalar(writer, scalar, place.is_key),
        Value::List(items) if items.is_empty() => writer.empty_collection("[", "]"),
        Value::Map(entries) if entries.is_empty() => writer.empty_collection("{", "}"),
        Value::List(items) => list(writer, items, place),
        Value::Map(entries) => map(writer, entries),
    }
}

fn list(writer: &mut Writer, items: &[Value], place: Place) {
    let indentless = place.in_map && !writer.at_indent();
    let outer = writer.deeper(indentless);
    for item in items {
        writer.indent();
        writer.indicator("-", true, false, true);
        node(writer, item, Place { in_map: false, is_key: false });
    }
    writer.back_to(outer);
}

fn map(writer: &mut Writer, entries: &[(Value, Value)]) {
    let outer = writer.deeper(false);
    let value_place = Place { in_map: true, is_key: false };
    for (key, value) in order::sorted(entries) {
        writer.indent();
        if is_simple_key(key) {
            node(writer, key, Place { in_map: true, is_key: true });
            writer.indicator(":", false, false, false);
        } else {
            writer.indicator("?", true, false, true);
            node(writer, key, value_place);
            writer.indent();
            writer.indicator(":", true, false, true);
        }
        node(writer, value, value_place);
    }
    writer.back_to(outer);
}

fn is_simple_key(key: &Value) -> bool {
    match key {
        Value::Scalar(Scalar::Text(text)) => text.len() <= SIMPLE_KEY_LIMIT && !Analysis::of(text).has_breaks,
        Value::Scalar(_) => true,
        Value::List(items) => items.is_empty(),
        Value::Map(entries) => entries.is_empty(),
    }
}

fn scalar(writer: &mut Writer, scalar: &Scalar, is_key: bool) {
    let (text, wanted) = match scalar {
        Scalar::Null => ("null".to_owned(), Style::Plain),
        Scalar::Bool(value) => (value.to_string(), Style::Plain),
        Scalar::Int(value) => (value.to_string(), Style::Plain),
        Scalar::Uint(value) => (value.to_string(), Style::Plain),
        Scalar::Float(value) => (float_text(*value), Style::Plain),
        Scalar::Text(text) => (text.clone(), wanted_style(text)),
    };
    let outer = writer.deeper_for_text();
    match Analysis::of(&text).choose(wanted, is_key) {
        Style::Plain => writer.plain(&text, !is_key),
        Style::Single => writer.single_quoted(&text, !is_key),
        Style::Double => writer.double_quoted(&text, !is_key),
        Style::Literal => writer.literal(&text),
    }
    writer.back_to(outer);
}

fn float_text(value: f64) -> String {
    if value.is_nan() {
        ".nan".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { ".inf".to_owned() } else { "-.inf".to_owned() }
    } else {
        float::shortest_float(value)
    }
}

fn wanted_style(text: &str) -> Style {
    if text.contains('\n') {
        Style::Literal
    } else if is_text(text) && !is_base_60(text) {
        Style::Plain
    } else {
        Style::Double
    }
}

/// Whether the text without quotes would be read as text; Go takes the merge key for text here.
fn is_text(text: &str) -> bool {
    match resolve::plain(text) {
        resolve::Resolved::Scalar(scalar) => matches!(scalar, Scalar::Text(_)),
        resolve::Resolved::Merge => true,
        resolve::Resolved::Timestamp => false,
    }
}

/// `[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?`: a number in old YAML, so quoted.
fn is_base_60(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (text, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digit_or_line = |c: char| c.is_ascii_digit() || c == '_';
    let mut parts = text.split(':');
    let first = parts.next().unwrap_or_default();
    let sixty = |part: &str| matches!(part.as_bytes(), [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9']);
    let rest: Vec<&str> = parts.collect();
    first.starts_with(|c: char| c.is_ascii_digit())
        && first.chars().all(digit_or_line)
        && !rest.is_empty()
        && rest.into_iter().all(sixty)
        && fraction.chars().all(digit_or_line)
}
