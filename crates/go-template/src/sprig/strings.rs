//! Texts.

use std::collections::BTreeMap;

use super::SIZE_LIMIT;
use crate::Type::{Any, Int, Text};
use crate::function::{Call, Function};
use crate::{Value, cast, format};

pub(super) static TABLE: &[Function] = &[
    Function::new("trim", &[Text], |call| Ok(call.text(0).trim().into())),
    Function::new("upper", &[Text], |call| Ok(call.text(0).to_uppercase().into())),
    Function::new("lower", &[Text], |call| Ok(call.text(0).to_lowercase().into())),
    Function::new("trunc", &[Int, Text], trunc),
    Function::new("substr", &[Int, Int, Text], substr),
    Function::new("repeat", &[Int, Text], repeat),
    Function::new("trimAll", &[Text, Text], trim_all),
    Function::new("trimall", &[Text, Text], trim_all),
    Function::new("trimSuffix", &[Text, Text], |call| {
        Ok(call.text(1).strip_suffix(call.text(0)).unwrap_or(call.text(1)).into())
    }),
    Function::new("trimPrefix", &[Text, Text], |call| {
        Ok(call.text(1).strip_prefix(call.text(0)).unwrap_or(call.text(1)).into())
    }),
    Function::new("nospace", &[Text], |call| {
        Ok(call.text(0).chars().filter(|c| !c.is_whitespace()).collect::<String>().into())
    }),
    Function::new("contains", &[Text, Text], |call| Ok(call.text(1).contains(call.text(0)).into())),
    Function::new("hasPrefix", &[Text, Text], |call| Ok(call.text(1).starts_with(call.text(0)).into())),
    Function::new("hasSuffix", &[Text, Text], |call| Ok(call.text(1).ends_with(call.text(0)).into())),
    Function::variadic("quote", &[], Any, |call| {
        Ok(each(call, |value| format::quote::double(&cast::to_text(value))).into())
    }),
    Function::variadic("squote", &[], Any, |call| {
        Ok(each(call, |value| format!("'{}'", format::plain(value))).into())
    }),
    Function::variadic("cat", &[], Any, |call| Ok(each(call, format::plain).into())),
    Function::new("indent", &[Int, Text], |call| Ok(indent(call)?.into())),
    Function::new("nindent", &[Int, Text], |call| Ok(format!("\n{}", indent(call)?).into())),
    Function::new("replace", &[Text, Text, Text], |call| {
        Ok(call.text(2).replace(call.text(0), call.text(1)).into())
    }),
    Function::new("plural", &[Text, Text, Int], |call| {
        Ok(call.text(if call.int(2) == 1 { 0 } else { 1 }).into())
    }),
    Function::new("join", &[Text, Any], |call| Ok(cast::to_texts(call.any(1)).join(call.text(0)).into())),
    Function::new("split", &[Text, Text], |call| Ok(numbered(split(call.text(1), call.text(0), -1)))),
    Function::new("splitn", &[Text, Int, Text], |call| {
        Ok(numbered(split(call.text(2), call.text(0), call.int(1))))
    }),
    Function::new("splitList", &[Text, Text], |call| Ok(Value::texts(split(call.text(1), call.text(0), -1)))),
    Function::new("toString", &[Any], |call| Ok(cast::to_text(call.any(0)).into())),
    Function::new("toStrings", &[Any], |call| Ok(Value::texts(cast::to_texts(call.any(0))))),
];

/// Each argument but nil, with blanks between.
fn each(call: &Call<'_>, show: impl Fn(&Value) -> String) -> String {
    let shown: Vec<String> = call.args.iter().filter(|value| !value.is_nil()).map(show).collect();
    shown.join(" ")
}

/// Part of a text by bytes, as Go slices; halves of characters are replaced.
fn bytes(text: &str, from: usize, to: usize) -> Value {
    Value::text(String::from_utf8_lossy(&text.as_bytes()[from..to]))
}

fn trunc(call: &Call<'_>) -> Result<Value, String> {
    let (text, n) = (call.text(1), call.text(1).len());
    let wanted = usize::try_from(call.int(0).unsigned_abs()).unwrap_or(usize::MAX);
    if wanted >= n {
        return Ok(text.into());
    }
    Ok(if call.int(0) < 0 { bytes(text, n - wanted, n) } else { bytes(text, 0, wanted) })
}

fn substr(call: &Call<'_>) -> Result<Value, String> {
    let (text, n) = (call.text(2), call.text(2).len());
    let (start, end) = (call.int(0), call.int(1));
    let to = match usize::try_from(end) {
        Ok(end) if start < 0 && end > n => {
            return Err(format!("runtime error: slice bounds out of range [:{end}] with length {n}"));
        }
        Ok(end) if end <= n => end,
        Err(_) if start < 0 => return Err(format!("runtime error: slice bounds out of range [:{end}]")),
        Ok(_) | Err(_) => n,
    };
    let from = usize::try_from(start).unwrap_or(0);
    if from > to {
        return Err(format!("runtime error: slice bounds out of range [{from}:{to}]"));
    }
    Ok(bytes(text, from, to))
}

fn repeat(call: &Call<'_>) -> Result<Value, String> {
    let text = call.text(1);
    let count = usize::try_from(call.int(0)).map_err(|_| "strings: negative Repeat count".to_owned())?;
    if text.len().saturating_mul(count) > SIZE_LIMIT {
        return Err("strings: Repeat output length overflow".to_owned());
    }
    Ok(text.repeat(count).into())
}

fn trim_all(call: &Call<'_>) -> Result<Value, String> {
    let cut: Vec<char> = call.text(0).chars().collect();
    Ok(call.text(1).trim_matches(cut.as_slice()).into())
}

fn indent(call: &Call<'_>) -> Result<String, String> {
    let width = usize::try_from(call.int(0)).map_err(|_| "strings: negative Repeat count".to_owned())?;
    let text = call.text(1);
    let n_lines = text.matches('\n').count() + 1;
    if width.saturating_mul(n_lines) > SIZE_LIMIT {
        return Err("strings: Repeat output length overflow".to_owned());
    }
    let pad = " ".repeat(width);
    Ok(format!("{pad}{}", text.replace('\n', &format!("\n{pad}"))))
}

/// Go's `strings.SplitN`.
fn split(text: &str, separator: &str, n: i64) -> Vec<String> {
    let limit = match n {
        0 => return Vec::new(),
        _ => usize::try_from(n).unwrap_or(usize::MAX),
    };
    if !separator.is_empty() {
        return text.splitn(limit, separator).map(str::to_owned).collect();
    }
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if parts.len() + 1 == limit {
            parts.push(rest.to_owned());
            return parts;
        }
        parts.push(c.to_string());
        rest = &rest[c.len_utf8()..];
    }
    parts
}

/// `_0`, `_1`, … by their parts.
fn numbered(parts: Vec<String>) -> Value {
    let entries = parts.into_iter().enumerate().map(|(index, part)| (format!("_{index}"), part));
    entries.collect::<BTreeMap<_, _>>().into()
}
