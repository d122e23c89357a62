//! Secrets in files of their own: every secret flag has a companion that ends in `-file`.

use std::path::PathBuf;

use clap::{Arg, Command};

use super::{Layers, Origin, is_list, is_secret, text};

/// What the names of a companion and of its variable end in.
const SUFFIX: (&str, &str) = ("-file", "_FILE");

/// A secret that was read from a file.
pub(super) struct Secret {
    pub(super) name: String,
    /// As it would be typed.
    pub(super) words: Vec<String>,
    pub(super) origin: Origin,
}

/// The command with a companion for every secret flag that has none.
pub(super) fn with_files(command: Command) -> Command {
    let companions: Vec<Arg> = command.get_arguments().filter_map(|flag| companion(flag, &command)).collect();
    command.args(companions)
}

fn companion(flag: &Arg, command: &Command) -> Option<Arg> {
    let name = flag.get_long().filter(|_| is_secret(flag))?;
    let long = format!("{name}{}", SUFFIX.0);
    if command.get_arguments().any(|other| other.get_long() == Some(&long)) {
        return None;
    }
    let help = match is_list(flag) {
        true => format!("File that holds --{name}, one a line"),
        false => format!("File that holds --{name}"),
    };
    // Clap holds names for as long as the process lives; these few are made once in it.
    let long: &'static str = long.leak();
    let made = Arg::new(long).long(long).value_name("FILE").help(help).hide_short_help(true);
    let made = made.value_parser(clap::value_parser!(PathBuf)).help_heading(flag.get_help_heading().map(
        |heading| {
            let heading: &'static str = heading.to_owned().leak();
            heading
        },
    ));
    Some(match flag.get_env() {
        Some(env) => {
            let env: &'static str = format!("{}{}", env.to_string_lossy(), SUFFIX.1).leak();
            made.env(env)
        }
        None => made,
    })
}

/// Reads the secrets whose companion wins over the flag itself.
pub(super) fn read(layers: &Layers<'_>, problems: &mut Vec<String>) -> Vec<Secret> {
    let mut secrets = Vec::new();
    for flag in layers.flags.get_arguments().filter(|flag| is_secret(flag)) {
        let Some(name) = flag.get_long() else { continue };
        let companion = format!("{name}{}", SUFFIX.0);
        // A companion that we made has its long name as its id.
        let Some(by_file) = layers.flags.get_arguments().find(|other| other.get_id() == companion.as_str())
        else {
            continue;
        };
        let origin = layers.origin(by_file);
        if origin == Origin::Default || rank(&origin) < rank(&layers.origin(flag)) {
            continue;
        }
        if rank(&origin) == rank(&layers.origin(flag)) {
            problems.push(format!("{name} and {companion} are both given; keep one"));
            continue;
        }
        match path(layers, &companion).and_then(|path| words(name, is_list(flag), &path)) {
            Ok(words) => secrets.push(Secret { name: name.to_owned(), words, origin }),
            Err(problem) => problems.push(format!("{companion}: {problem}")),
        }
    }
    secrets
}

fn rank(origin: &Origin) -> u8 {
    match origin {
        Origin::Default => 0,
        Origin::File(..) => 1,
        Origin::Variable(_) => 2,
        Origin::Flag => 3,
    }
}

fn path(layers: &Layers<'_>, companion: &str) -> Result<PathBuf, String> {
    if layers.is_from_file(companion) {
        let entry = layers.in_file.iter().find(|entry| entry.name == companion);
        let word = entry.and_then(|entry| entry.words.first()?.split_once('='));
        return Ok(word.map(|(_, path)| PathBuf::from(path)).unwrap_or_default());
    }
    Ok(layers.given.get_one::<PathBuf>(companion).cloned().unwrap_or_default())
}

fn words(name: &str, is_list: bool, path: &std::path::Path) -> Result<Vec<String>, String> {
    let text = text(path)?;
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let shown = path.display();
    match lines.as_slice() {
        [] => Err(format!("{shown} holds nothing")),
        [_, _, ..] if !is_list => Err(format!("{shown} holds more than one line")),
        lines => Ok(lines.iter().map(|line| format!("--{name}={line}")).collect()),
    }
}
