//! Comparing values as templates do: only within one basic kind.

use std::cmp::Ordering;

use crate::{Value, format};

/// `a == b || a == c || …`
pub(crate) fn equals_any(a: &Value, others: &[Value]) -> Result<bool, String> {
    if others.is_empty() {
        return Err("missing argument for comparison".to_owned());
    }
    for other in others {
        if equals(a, other)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `a == b`
pub(crate) fn equals(a: &Value, b: &Value) -> Result<bool, String> {
    if let Some(order) = numbers(a, b) {
        return Ok(order == Some(Ordering::Equal));
    }
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => Ok(a == b),
        (Value::Text(a), Value::Text(b)) => Ok(a == b),
        (Value::Nil, _) | (_, Value::Nil) => Ok(a.is_nil() && b.is_nil()),
        _ if is_basic(a) || is_basic(b) => Err(incompatible(a, b)),
        (Value::List(_), Value::List(_)) | (Value::Map(_), Value::Map(_)) => {
            Err(format!("non-comparable type {}: {}", format::plain(b), b.type_name()))
        }
        (Value::Record(_), Value::Record(_)) => Ok(a.deep_equal(b)),
        _ => Err(format!(
            "non-comparable types {}: {}, {}: {}",
            format::plain(a),
            a.type_name(),
            b.type_name(),
            format::plain(b)
        )),
    }
}

/// `a < b`
pub(crate) fn is_less(a: &Value, b: &Value) -> Result<bool, String> {
    if !is_basic(a) || !is_basic(b) {
        return Err("invalid type for comparison".to_owned());
    }
    if let Some(order) = numbers(a, b) {
        return Ok(order == Some(Ordering::Less));
    }
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => Ok(a < b),
        (Value::Bool(_), Value::Bool(_)) => Err("invalid type for comparison".to_owned()),
        _ => Err(incompatible(a, b)),
    }
}

/// `a <= b`
pub(crate) fn is_less_or_equal(a: &Value, b: &Value) -> Result<bool, String> {
    Ok(is_less(a, b)? || equals(a, b)?)
}

/// How two numbers of kinds that go together compare; the inner `None` is not a number.
fn numbers(a: &Value, b: &Value) -> Option<Option<Ordering>> {
    if let (Value::Float(a), Value::Float(b)) = (a, b) {
        return Some(a.partial_cmp(b));
    }
    Some(Some(whole(a)?.cmp(&whole(b)?)))
}

fn whole(value: &Value) -> Option<i128> {
    value.signed().map(i128::from).or_else(|| value.unsigned().map(i128::from))
}

fn is_basic(value: &Value) -> bool {
    !matches!(value, Value::Nil | Value::List(_) | Value::Map(_) | Value::Record(_))
}

fn incompatible(a: &Value, b: &Value) -> String {
    format!("incompatible types for comparison: {} and {}", a.type_name(), b.type_name())
}
