//! Paths with slashes.

use crate::Type::Text;
use crate::function::Function;
use crate::{Type, Value};

const PATH: &[Type] = &[Text];

pub(super) static TABLE: &[Function] = &[
    Function::new("base", PATH, |call| Ok(base(call.text(0)).into())),
    Function::new("osBase", PATH, |call| Ok(base(call.text(0)).into())),
    Function::new("dir", PATH, |call| Ok(dir(call.text(0)).into())),
    Function::new("osDir", PATH, |call| Ok(dir(call.text(0)).into())),
    Function::new("clean", PATH, |call| Ok(clean(call.text(0)).into())),
    Function::new("osClean", PATH, |call| Ok(clean(call.text(0)).into())),
    Function::new("ext", PATH, |call| Ok(extension(call.text(0)).into())),
    Function::new("osExt", PATH, |call| Ok(extension(call.text(0)).into())),
    Function::new("isAbs", PATH, |call| Ok(Value::Bool(call.text(0).starts_with('/')))),
    Function::new("osIsAbs", PATH, |call| Ok(Value::Bool(call.text(0).starts_with('/')))),
];

fn base(path: &str) -> String {
    if path.is_empty() {
        return ".".to_owned();
    }
    let trimmed = path.trim_end_matches('/');
    if trimmed.is_empty() { "/".to_owned() } else { trimmed.rsplit('/').next().unwrap_or(trimmed).to_owned() }
}

fn dir(path: &str) -> String {
    clean(path.rfind('/').map_or("", |slash| &path[..=slash]))
}

/// The shortest path that means the same, without looking at the file system.
fn clean(path: &str) -> String {
    let is_absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => match parts.last() {
                Some(&last) if last != ".." => {
                    parts.pop();
                }
                _ if is_absolute => {}
                _ => parts.push(".."),
            },
            _ => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (is_absolute, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

fn extension(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rfind('.').map_or("", |dot| &name[dot..]).to_owned()
}
