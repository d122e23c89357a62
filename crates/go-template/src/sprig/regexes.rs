//! Regular expressions.

use regex::{NoExpand, Regex};

use crate::Type::{Int, Text};
use crate::function::{Call, Function};
use crate::{Type, Value};

const TWO: &[Type] = &[Text, Text];
const THREE: &[Type] = &[Text, Text, Text];
const WITH_LIMIT: &[Type] = &[Text, Text, Int];

pub(super) static TABLE: &[Function] = &[
    Function::new("regexMatch", TWO, |call| Ok(is_match(call).unwrap_or(false).into())),
    Function::new("mustRegexMatch", TWO, |call| is_match(call).map(Value::Bool)),
    Function::new("regexFind", TWO, find),
    Function::new("mustRegexFind", TWO, find),
    Function::new("regexFindAll", WITH_LIMIT, find_all),
    Function::new("mustRegexFindAll", WITH_LIMIT, find_all),
    Function::new("regexReplaceAll", THREE, replace),
    Function::new("mustRegexReplaceAll", THREE, replace),
    Function::new("regexReplaceAllLiteral", THREE, replace_literally),
    Function::new("mustRegexReplaceAllLiteral", THREE, replace_literally),
    Function::new("regexSplit", WITH_LIMIT, split),
    Function::new("mustRegexSplit", WITH_LIMIT, split),
    Function::new("regexQuoteMeta", &[Text], |call| Ok(quote(call.text(0)).into())),
];

fn compile(call: &Call<'_>) -> Result<Regex, String> {
    Regex::new(call.text(0)).map_err(|_| format!("error parsing regexp: `{}`", call.text(0)))
}

fn is_match(call: &Call<'_>) -> Result<bool, String> {
    Ok(compile(call)?.is_match(call.text(1)))
}

fn find(call: &Call<'_>) -> Result<Value, String> {
    Ok(compile(call)?.find(call.text(1)).map_or("", |found| found.as_str()).into())
}

fn limit(call: &Call<'_>) -> usize {
    usize::try_from(call.int(2)).unwrap_or(usize::MAX)
}

fn find_all(call: &Call<'_>) -> Result<Value, String> {
    let regex = compile(call)?;
    Ok(Value::texts(regex.find_iter(call.text(1)).take(limit(call)).map(|found| found.as_str())))
}

fn replace(call: &Call<'_>) -> Result<Value, String> {
    Ok(compile(call)?.replace_all(call.text(1), call.text(2)).into_owned().into())
}

fn replace_literally(call: &Call<'_>) -> Result<Value, String> {
    Ok(compile(call)?.replace_all(call.text(1), NoExpand(call.text(2))).into_owned().into())
}

/// Go's way to split: an empty match at the very start separates nothing.
fn split(call: &Call<'_>) -> Result<Value, String> {
    let (regex, text, limit) = (compile(call)?, call.text(1), limit(call));
    if limit == 0 {
        return Ok(Value::texts(Vec::<String>::new()));
    }
    if !call.text(0).is_empty() && text.is_empty() {
        return Ok(Value::texts([""]));
    }
    let mut parts = Vec::new();
    let (mut begin, mut end) = (0, 0);
    for found in regex.find_iter(text).take(limit) {
        if parts.len() + 1 == limit {
            break;
        }
        end = found.start();
        if found.end() != 0 {
            parts.push(&text[begin..end]);
        }
        begin = found.end();
    }
    if end != text.len() {
        parts.push(&text[begin..]);
    }
    Ok(Value::texts(parts))
}

fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if r"\.+*?()|[]{}^$".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
