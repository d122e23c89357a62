//! The order in which go-yaml writes the keys of a map: numbers by value, text in natural order.

use std::cmp::Ordering;

use crate::{Scalar, Value};

/// The entries in the order of their keys.
///
/// Natural order has cycles (`1a` before `2` before `10` before `1a`), which the standard library's sorting may
/// answer with a panic: this merge sort does not care.
pub(crate) fn sorted(entries: &[(Value, Value)]) -> Vec<&(Value, Value)> {
    if entries.len() < 2 {
        return entries.iter().collect();
    }
    let (left, right) = entries.split_at(entries.len() / 2);
    let (left, right) = (sorted(left), sorted(right));
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    let mut merged = Vec::with_capacity(entries.len());
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let from_left = compare(&a.0, &b.0) != Ordering::Greater;
        merged.extend(if from_left { left.next() } else { right.next() });
    }
    merged.extend(left);
    merged.extend(right);
    merged
}

/// Compares two keys.
fn compare(a: &Value, b: &Value) -> Ordering {
    match (number(a), number(b)) {
        (Some(x), Some(y)) => x.total_cmp(&y).then_with(|| rank(a).cmp(&rank(b))),
        _ => match (a, b) {
            (Value::Scalar(Scalar::Text(a)), Value::Scalar(Scalar::Text(b))) => natural(a, b),
            _ => rank(a).cmp(&rank(b)),
        },
    }
}

fn number(key: &Value) -> Option<f64> {
    let Value::Scalar(scalar) = key else { return None };
    match scalar {
        Scalar::Bool(value) => Some(f64::from(u8::from(*value))),
        Scalar::Int(value) => Some(*value as f64),
        Scalar::Uint(value) => Some(*value as f64),
        Scalar::Float(value) => Some(*value),
        Scalar::Null | Scalar::Text(_) => None,
    }
}

/// Where a kind stands among Go's kinds.
fn rank(key: &Value) -> u8 {
    match key {
        Value::Scalar(Scalar::Null) => 0,
        Value::Scalar(Scalar::Bool(_)) => 1,
        Value::Scalar(Scalar::Int(_)) => 2,
        Value::Scalar(Scalar::Uint(_)) => 3,
        Value::Scalar(Scalar::Float(_)) => 4,
        Value::Map(_) => 5,
        Value::List(_) => 6,
        Value::Scalar(Scalar::Text(_)) => 7,
    }
}

/// Letters after everything else, runs of digits by their value.
fn natural(a: &str, b: &str) -> Ordering {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let Some(at) = a.iter().zip(&b).position(|(x, y)| x != y) else {
        return a.len().cmp(&b.len());
    };
    match (a[at].is_alphabetic(), b[at].is_alphabetic()) {
        (true, true) => return a[at].cmp(&b[at]),
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    // Inside of a number that started before, a zero is a digit like any other.
    let started = (a[at] == '0' || b[at] == '0')
        && a[..at].iter().rev().take_while(|c| c.is_ascii_digit()).any(|digit| *digit != '0');
    let run = |text: &[char]| {
        let digits: Vec<char> = text[at..].iter().copied().take_while(char::is_ascii_digit).collect();
        let start = u128::from(started);
        let value = digits.iter().fold(start, |sum, digit| {
            sum.wrapping_mul(10).wrapping_add(u128::from(digit.to_digit(10).unwrap_or(0)))
        });
        (value, digits.len())
    };
    run(&a).cmp(&run(&b)).then_with(|| a[at].cmp(&b[at]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_in_natural_order() {
        let want = ["_", "1", "2", "10", "a", "a-b", "a2", "a10", "aB", "b", "z1", "z01"];
        let mut entries: Vec<(Value, Value)> = want
            .iter()
            .rev()
            .map(|key| (Value::Scalar(Scalar::Text((*key).to_owned())), Value::Scalar(Scalar::Null)))
            .collect();
        entries.swap(2, 7);
        let got: Vec<String> = sorted(&entries).into_iter().map(|(key, _)| crate::to_string(key)).collect();
        assert_eq!(got.concat().replace('"', ""), want.join("\n") + "\n");
    }
}
