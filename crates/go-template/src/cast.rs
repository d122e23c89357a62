//! Values as numbers and texts where sprig does not mind the type.

use crate::{List, Value, format};

/// As a whole number; 0 where it is none.
#[expect(clippy::cast_possible_truncation, reason = "Go cuts the fraction off")]
pub(crate) fn to_int(value: &Value) -> i64 {
    match value {
        Value::Int(number) | Value::Int64(number) => *number,
        Value::Byte(number) => i64::from(*number),
        #[expect(clippy::cast_possible_wrap, reason = "Go wraps around")]
        Value::Uint(number) => *number as i64,
        Value::Float(number) => *number as i64,
        Value::Bool(flag) => i64::from(*flag),
        Value::Text(text) => parse_int(without_zero_fraction(text)).unwrap_or(0),
        Value::Nil | Value::List(_) | Value::Map(_) | Value::Record(_) => 0,
    }
}

/// As a float; 0 where it is none.
#[expect(clippy::cast_precision_loss, reason = "Go loses it too")]
pub(crate) fn to_float(value: &Value) -> f64 {
    match value {
        Value::Int(number) | Value::Int64(number) => *number as f64,
        Value::Byte(number) => f64::from(*number),
        Value::Uint(number) => *number as f64,
        Value::Float(number) => *number,
        Value::Bool(flag) => f64::from(u8::from(*flag)),
        Value::Text(text) => text.parse().unwrap_or(0.0),
        Value::Nil | Value::List(_) | Value::Map(_) | Value::Record(_) => 0.0,
    }
}

/// `1.00` as `1`.
fn without_zero_fraction(text: &str) -> &str {
    match text.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0') => whole,
        _ => text,
    }
}

/// Go's `strconv.ParseInt(text, 0, 64)`.
pub(crate) fn parse_int(text: &str) -> Option<i64> {
    let (negative, magnitude) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (radix, digits) = match magnitude.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &magnitude[2..]),
        [b'0', b'o' | b'O', ..] => (8, &magnitude[2..]),
        [b'0', b'b' | b'B', ..] => (2, &magnitude[2..]),
        [b'0', _, ..] => (8, &magnitude[1..]),
        _ => (10, magnitude),
    };
    if digits.starts_with(['+', '-']) {
        return None;
    }
    let number = u64::from_str_radix(&digits.replace('_', ""), radix).ok()?;
    if negative { 0_i64.checked_sub_unsigned(number) } else { i64::try_from(number).ok() }
}

/// As text: sprig's `toString`.
pub(crate) fn to_text(value: &Value) -> String {
    format::plain(value)
}

/// As a list of texts: the items without nil, or the value alone.
pub(crate) fn to_texts(value: &Value) -> Vec<String> {
    match value {
        Value::Nil => Vec::new(),
        Value::List(list) => list.items().iter().filter(|item| !item.is_nil()).map(to_text).collect(),
        other => vec![to_text(other)],
    }
}

/// As a list, or sprig's complaint: `Cannot VERB on type KIND`.
pub(crate) fn to_list<'a>(value: &'a Value, complaint: &str) -> Result<&'a List, String> {
    match value {
        Value::List(list) => Ok(list),
        Value::Nil => Err("runtime error: invalid memory address or nil pointer dereference".to_owned()),
        other => Err(format!("{complaint} {}", other.kind_name())),
    }
}
