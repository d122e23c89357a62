//! The keys of a map: that they differ, and what merge keys bring in.

use std::collections::HashSet;

use crate::{Content, Node, Problem, Scalar, YamlError};

/// A scalar as far as equality of keys goes.
#[derive(PartialEq, Eq, Hash)]
enum Key<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(u64),
    Text(&'a str),
}

/// Refuses keys that are collections and keys that come twice.
pub(crate) fn check(entries: &[(Node, Node)]) -> Result<(), YamlError> {
    let mut seen = HashSet::with_capacity(entries.len());
    for (key, _) in entries {
        let id = id(key)?;
        if !seen.insert(id) {
            let name = key.written().unwrap_or_default().to_owned();
            return Err(Problem::DuplicateKey(name).at(key.position));
        }
    }
    Ok(())
}

/// Adds what the values of merge keys hold and the map itself does not; earlier maps win over later ones.
pub(crate) fn merge(entries: &mut Vec<(Node, Node)>, merges: Vec<Node>) -> Result<(), YamlError> {
    if merges.is_empty() {
        return Ok(());
    }
    let mut more = Vec::new();
    for source in merges {
        let position = source.position;
        match source.content {
            Content::Map(entries) => more.extend(entries),
            Content::List(maps) => {
                for map in maps {
                    let Content::Map(entries) = map.content else {
                        return Err(Problem::BadMerge.at(map.position));
                    };
                    more.extend(entries);
                }
            }
            Content::Scalar { .. } => return Err(Problem::BadMerge.at(position)),
        }
    }
    // Which are new is found out for all of them at once: there may be as many maps as there are keys.
    let mut known = entries.iter().map(|(key, _)| id(key)).collect::<Result<HashSet<_>, _>>()?;
    let is_new: Vec<bool> = more.iter().map(|(key, _)| id(key).is_ok_and(|id| known.insert(id))).collect();
    entries.extend(more.into_iter().zip(is_new).filter_map(|(entry, is_new)| is_new.then_some(entry)));
    Ok(())
}

fn id(key: &Node) -> Result<Key<'_>, YamlError> {
    match &key.content {
        Content::Scalar { value, .. } => Ok(match value {
            Scalar::Null => Key::Null,
            Scalar::Bool(value) => Key::Bool(*value),
            Scalar::Int(value) => Key::Int(*value),
            Scalar::Uint(value) => Key::Uint(*value),
            Scalar::Float(value) => Key::Float(value.to_bits()),
            Scalar::Text(value) => Key::Text(value),
        }),
        Content::List(_) => Err(Problem::BadKey("a list").at(key.position)),
        Content::Map(_) => Err(Problem::BadKey("a map").at(key.position)),
    }
}
