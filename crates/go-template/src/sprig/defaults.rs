//! Defaults, logic and giving up.

use crate::Type::{Any, Bool, Text};
use crate::Value;
use crate::function::{Call, Function};

pub(super) static TABLE: &[Function] = &[
    Function::variadic("default", &[Any], Any, default),
    Function::new("empty", &[Any], |call| Ok(Value::Bool(!call.any(0).is_true()))),
    Function::variadic("coalesce", &[], Any, |call| {
        Ok(call.args.iter().find(|value| value.is_true()).cloned().unwrap_or(Value::Nil))
    }),
    Function::variadic("all", &[], Any, |call| Ok(Value::Bool(call.args.iter().all(Value::is_true)))),
    Function::variadic("any", &[], Any, |call| Ok(Value::Bool(call.args.iter().any(Value::is_true)))),
    Function::new("ternary", &[Any, Any, Bool], |call| Ok(call.any(if call.is(2) { 0 } else { 1 }).clone())),
    Function::new("fail", &[Text], |call| Err(call.text(0).to_owned())),
    Function::new("hello", &[], |_| Ok("Hello!".into())),
    Function::new("env", &[Text], |call| Ok(call.world.env(call.text(0)).into())),
    Function::new("expandenv", &[Text], expand),
];

fn default(call: &Call<'_>) -> Result<Value, String> {
    let given = call.any(1);
    Ok(if given.is_true() { given } else { call.any(0) }.clone())
}

/// `$name` and `${name}` by their values.
fn expand(call: &Call<'_>) -> Result<Value, String> {
    let mut rest = call.text(0);
    let mut out = String::new();
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some((name, after)) = rest.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
            out.push_str(&call.world.env(name));
            rest = after;
            continue;
        }
        let end = rest.find(|c: char| c != '_' && !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        if end == 0 {
            out.push('$');
        } else {
            out.push_str(&call.world.env(&rest[..end]));
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    Ok(out.into())
}
