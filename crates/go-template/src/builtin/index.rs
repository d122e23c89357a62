//! `index`, `slice` and `len`.

use crate::function::Call;
use crate::{Key, List, MapType, Value};

pub(super) fn len(call: &Call<'_>) -> Result<Value, String> {
    let n = match call.any(0) {
        Value::Text(text) => text.len(),
        Value::List(list) => list.items().len(),
        Value::Map(map) => map.len(),
        Value::Nil => return Err("len of nil pointer".to_owned()),
        other => return Err(format!("len of type {}", other.type_name())),
    };
    Ok(Value::Int(i64::try_from(n).unwrap_or(i64::MAX)))
}

pub(super) fn index(call: &Call<'_>) -> Result<Value, String> {
    let mut item = call.any(0).clone();
    if item.is_nil() {
        return Err("index of untyped nil".to_owned());
    }
    for index in call.from(1) {
        item = match &item {
            Value::Nil => return Err("index of nil pointer".to_owned()),
            Value::Text(text) => {
                let at = position(index, text.len())?;
                text.as_bytes()
                    .get(at)
                    .map(|byte| Value::Byte(*byte))
                    .ok_or_else(|| out_of_range(at, text.len()))?
            }
            Value::List(list) => {
                let n = list.items().len();
                let at = position(index, n)?;
                list.items().get(at).cloned().ok_or_else(|| out_of_range(at, n))?
            }
            Value::Map(map) => {
                let is_text = matches!(index, Value::Text(_));
                if map.kind() != MapType::Any && !is_text {
                    return Err(match index {
                        Value::Nil => "value is nil; should be of type string".to_owned(),
                        other => format!("value has type {}; should be string", other.type_name()),
                    });
                }
                let missing = if map.kind() == MapType::Texts { Value::text("") } else { Value::Nil };
                Key::of(index).and_then(|key| map.get(&key)).unwrap_or(missing)
            }
            other => return Err(format!("can't index item of type {}", other.type_name())),
        };
    }
    Ok(item)
}

pub(super) fn slice(call: &Call<'_>) -> Result<Value, String> {
    let indexes = call.from(1);
    let n = match call.any(0) {
        Value::Nil => return Err("slice of untyped nil".to_owned()),
        _ if indexes.len() > 3 => return Err(format!("too many slice indexes: {}", indexes.len())),
        Value::Text(_) if indexes.len() == 3 => return Err("cannot 3-index slice a string".to_owned()),
        Value::Text(text) => text.len(),
        Value::List(list) => list.items().len(),
        other => return Err(format!("can't slice item of type {}", other.type_name())),
    };
    let mut bounds = [0, n, n];
    for (bound, index) in bounds.iter_mut().zip(indexes) {
        *bound = position(index, n)?;
    }
    let [from, to, limit] = bounds;
    if from > to {
        return Err(format!("invalid slice index: {from} > {to}"));
    }
    if to > limit {
        return Err(format!("invalid slice index: {to} > {limit}"));
    }
    Ok(match call.any(0) {
        Value::Text(text) => Value::text(String::from_utf8_lossy(&text.as_bytes()[from..to])),
        Value::List(list) => Value::List(List::new(list.kind(), list.items()[from..to].to_vec())),
        _ => Value::Nil,
    })
}

/// An index as a position of at most `limit`.
fn position(index: &Value, limit: usize) -> Result<usize, String> {
    let number = match (index.signed(), index.unsigned()) {
        (Some(number), _) => i128::from(number),
        (None, Some(number)) => i128::from(number),
        (None, None) if index.is_nil() => return Err("cannot index slice/array with nil".to_owned()),
        (None, None) => return Err(format!("cannot index slice/array with type {}", index.type_name())),
    };
    usize::try_from(number)
        .ok()
        .filter(|at| *at <= limit)
        .ok_or_else(|| format!("index out of range: {number}"))
}

/// What Go's runtime says for the one position behind the last.
fn out_of_range(at: usize, n: usize) -> String {
    format!("error calling index: reflect: slice index out of range [{at}] with length {n}")
}
