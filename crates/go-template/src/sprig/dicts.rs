//! Maps from texts.

use crate::Type::{Any, Dict, Text};
use crate::function::{Call, Function};
use crate::{Key, Map, Value, cast};

pub(super) static TABLE: &[Function] = &[
    Function::variadic("dict", &[], Any, dict),
    Function::new("get", &[Dict, Text], |call| {
        Ok(call.map(0).and_then(|map| map.field(call.text(1))).unwrap_or_else(|| "".into()))
    }),
    Function::new("set", &[Dict, Text, Any], set),
    Function::new("unset", &[Dict, Text], |call| {
        if let Some(map) = call.map(0) {
            map.remove(call.text(1));
        }
        Ok(call.any(0).clone())
    }),
    Function::new("hasKey", &[Dict, Text], |call| {
        Ok(call.map(0).is_some_and(|map| map.field(call.text(1)).is_some()).into())
    }),
    Function::variadic("pluck", &[Text], Dict, |call| {
        let maps = call.from(1).iter().filter_map(as_map);
        Ok(Value::list(maps.filter_map(|map| map.field(call.text(0))).collect()))
    }),
    Function::variadic("keys", &[], Dict, |call| {
        let keys = call.args.iter().filter_map(as_map).flat_map(Map::entries).map(|(key, _)| key);
        Ok(Value::texts(keys.map(|key| key.as_text().unwrap_or_default().to_owned())))
    }),
    Function::new("values", &[Dict], |call| {
        let entries = call.map(0).map(Map::entries).unwrap_or_default();
        Ok(Value::list(entries.into_iter().map(|(_, value)| value).collect()))
    }),
    Function::variadic("pick", &[Dict], Text, |call| Ok(chosen(call, true))),
    Function::variadic("omit", &[Dict], Text, |call| Ok(chosen(call, false))),
    Function::variadic("merge", &[Dict], Dict, |call| merge_all(call, false)),
    Function::variadic("mustMerge", &[Dict], Dict, |call| merge_all(call, false)),
    Function::variadic("mergeOverwrite", &[Dict], Dict, |call| merge_all(call, true)),
    Function::variadic("mustMergeOverwrite", &[Dict], Dict, |call| merge_all(call, true)),
    Function::variadic("dig", &[], Any, dig),
    Function::new("deepCopy", &[Any], |call| Ok(call.any(0).deep_copy())),
    Function::new("mustDeepCopy", &[Any], |call| Ok(call.any(0).deep_copy())),
];

fn as_map(value: &Value) -> Option<&Map> {
    match value {
        Value::Map(map) => Some(map),
        _ => None,
    }
}

fn dict(call: &Call<'_>) -> Result<Value, String> {
    let entries = call.args.chunks(2).map(|pair| match pair {
        [key, value] => (cast::to_text(key), value.clone()),
        [key] => (cast::to_text(key), "".into()),
        _ => (String::new(), Value::Nil),
    });
    Ok(Value::Map(Map::dict(entries)))
}

fn set(call: &Call<'_>) -> Result<Value, String> {
    let Some(map) = call.map(0) else { return Err("assignment to entry in nil map".to_owned()) };
    if call.any(2).contains_map(map) {
        return Err("a map cannot contain itself".to_owned());
    }
    map.set(call.text(1), call.any(2).clone());
    Ok(call.any(0).clone())
}

/// The entries whose keys are among the arguments, or are not.
fn chosen(call: &Call<'_>, wanted: bool) -> Value {
    let names = call.from(1);
    let is_named =
        |key: &Key| names.iter().any(|name| matches!(name, Value::Text(name) if key.as_text() == Some(name)));
    let entries = call.map(0).map(Map::entries).unwrap_or_default();
    let kept = entries.into_iter().filter(|(key, _)| is_named(key) == wanted);
    Value::Map(Map::dict(kept.map(|(key, value)| (key.as_text().unwrap_or_default().to_owned(), value))))
}

fn merge_all(call: &Call<'_>, overwrite: bool) -> Result<Value, String> {
    let Some(target) = call.map(0) else { return Err("assignment to entry in nil map".to_owned()) };
    for source in call.from(1).iter().filter_map(as_map) {
        if Value::Map(source.clone()).contains_map(target) {
            return Err("a map cannot contain itself".to_owned());
        }
        merge(target, source, overwrite);
    }
    Ok(call.any(0).clone())
}

/// Adds what is missing or empty; with `overwrite` everything replaces. Maps are merged key by key.
fn merge(target: &Map, source: &Map, overwrite: bool) {
    for (key, value) in source.entries() {
        let Some(name) = key.as_text() else { continue };
        match (target.field(name), &value) {
            (Some(Value::Map(inner)), Value::Map(more)) => {
                if !inner.is_same(more) {
                    merge(&inner, more, overwrite);
                }
            }
            (Some(_), Value::Nil) if !overwrite => {}
            (Some(known), _) if known.is_true() && !overwrite => {}
            _ => target.set(name, value),
        }
    }
}

fn dig(call: &Call<'_>) -> Result<Value, String> {
    let [path @ .., default, root] = call.args else {
        return Err("dig needs at least three arguments".to_owned());
    };
    if path.is_empty() {
        return Err("dig needs at least three arguments".to_owned());
    }
    let mut value = root.clone();
    for name in path {
        let Value::Text(name) = name else {
            return Err(format!("interface conversion: interface {{}} is {}, not string", name.type_name()));
        };
        let Value::Map(map) = &value else {
            let found = if value.is_nil() { "nil".to_owned() } else { value.type_name() };
            return Err(format!(
                "interface conversion: interface {{}} is {found}, not map[string]interface {{}}"
            ));
        };
        match map.field(name) {
            Some(inner) => value = inner,
            None => return Ok(default.clone()),
        }
    }
    Ok(value)
}
