//! The configuration file: the names of the flags, and their values. Pure.

use std::path::{Path, PathBuf};

use clap::error::{ContextKind, ContextValue};
use clap::{Arg, ArgAction, Command};
use yaml::{Content, Node, Scalar};

use super::{is_list, is_setting};

/// One setting of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    /// As it would be typed.
    pub(super) words: Vec<String>,
    pub(super) path: PathBuf,
    pub(super) line: usize,
}

/// The settings of a file's text; what is wrong with it goes to the problems, with file, line and column.
pub(super) fn entries(path: &Path, text: &str, flags: &Command, problems: &mut Vec<String>) -> Vec<Entry> {
    let at = |node: &Node| format!("{}:{}:{}", path.display(), node.position.line, node.position.column);
    let documents = match yaml::documents(text) {
        Ok(documents) => documents,
        Err(error) => {
            problems.push(format!(
                "{}:{}:{}: {}",
                path.display(),
                error.line(),
                error.column(),
                error.problem
            ));
            return Vec::new();
        }
    };
    let root = match documents.as_slice() {
        [] => return Vec::new(),
        [document] => &document.root,
        [_, second, ..] => {
            problems.push(format!("{}: a second document; the file has one", at(&second.root)));
            return Vec::new();
        }
    };
    let Some(settings) = root.entries() else {
        problems.push(format!("{}: the file has to map names of flags to values", at(root)));
        return Vec::new();
    };
    let mut entries = Vec::new();
    for (key, value) in settings {
        let name = key.written().unwrap_or_default();
        match words(name, value, flags) {
            Ok(words) => entries.push(Entry {
                name: name.to_owned(),
                words,
                path: path.to_owned(),
                line: key.position.line,
            }),
            Err(problem) => problems.push(format!("{}: {problem}", at(key))),
        }
    }
    entries
}

/// A setting as it would be typed.
fn words(name: &str, value: &Node, flags: &Command) -> Result<Vec<String>, String> {
    let mut known = flags.get_arguments().filter(|flag| is_setting(flag));
    let Some(flag) = known.find(|flag| flag.get_long() == Some(name)) else {
        return Err(unknown(name, flags));
    };
    let words: Vec<String> = match &value.content {
        Content::Scalar { value: Scalar::Null, .. } => {
            return Err(format!("`{name}` has no value; give one, or take the line out"));
        }
        Content::Scalar { .. } => word(flag, name, &scalar(flag, value)).into_iter().collect(),
        Content::List(_) | Content::Map(_) if !is_list(flag) => {
            return Err(format!("`{name}` takes one value"));
        }
        Content::List(items) => listed(name, items.iter().map(|item| item.written().map(str::to_owned)))?,
        Content::Map(pairs) => listed(
            name,
            pairs.iter().map(|(key, value)| Some(format!("{}={}", key.written()?, value.written()?))),
        )?,
    };
    let typed = ["release-manager".to_owned(), flags.get_name().to_owned()].into_iter().chain(words.clone());
    let command = Command::new("release-manager").subcommand(flags.clone());
    match command.try_get_matches_from(typed) {
        Ok(_) => Ok(words),
        Err(error) => Err(format!("`{name}` {}", unfit(&error))),
    }
}

/// The items of a list; clap would cut one that holds a comma in two.
fn listed(name: &str, items: impl Iterator<Item = Option<String>>) -> Result<Vec<String>, String> {
    items
        .map(|item| match item {
            Some(item) if item.contains(',') => Err(format!("an item of `{name}` holds a comma: {item}")),
            Some(item) if !item.is_empty() => Ok(format!("--{name}={item}")),
            Some(_) => Err(format!("an item of `{name}` is empty")),
            None => Err(format!("the items of `{name}` have to be texts")),
        })
        .collect()
}

/// The text of a scalar; `yes` and its like are true for switches.
fn scalar(flag: &Arg, value: &Node) -> String {
    match &value.content {
        Content::Scalar { value: Scalar::Bool(value), .. } if is_switch(flag) => value.to_string(),
        _ => value.written().unwrap_or_default().to_owned(),
    }
}

fn is_switch(flag: &Arg) -> bool {
    matches!(flag.get_action(), ArgAction::SetTrue)
        || flag.get_possible_values().iter().any(|value| value.get_name() == "true")
}

fn word(flag: &Arg, name: &str, value: &str) -> Option<String> {
    match (flag.get_action(), value) {
        (ArgAction::SetTrue, "true") => Some(format!("--{name}")),
        (ArgAction::SetTrue, "false") => None,
        _ => Some(format!("--{name}={value}")),
    }
}

/// A name that is none, and the one that was meant.
fn unknown(name: &str, flags: &Command) -> String {
    let typed = [flags.get_name().to_owned(), format!("--{name}")];
    let suggested = flags.clone().try_get_matches_from(typed).err().and_then(|error| {
        match error.get(ContextKind::SuggestedArg) {
            Some(ContextValue::String(flag)) => Some(flag.trim_start_matches('-').to_owned()),
            _ => None,
        }
    });
    match suggested.filter(|name| name != super::FILE) {
        Some(meant) => format!("`{name}` is no setting; did you mean `{meant}`?"),
        None => format!("`{name}` is no setting; `release-manager start --help` lists all"),
    }
}

/// Why clap does not take a value.
fn unfit(error: &clap::Error) -> String {
    let value = error.get(ContextKind::InvalidValue).map(ToString::to_string).unwrap_or_default();
    if let Some(reason) = std::error::Error::source(error) {
        return format!("cannot be `{value}`: {reason}");
    }
    match error.get(ContextKind::ValidValue) {
        Some(valid) => format!("cannot be `{value}`: it is one of {valid}"),
        None => format!("cannot be `{value}`"),
    }
}
