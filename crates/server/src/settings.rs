//! From the command line, the variables and the configuration file to one set of flags.
//!
//! A flag wins over its variable, a variable that is not empty over the file, the file over the default. All of it
//! follows from the flags as clap knows them, so a new flag needs nothing here. What the values mean is decided in
//! `config`.

mod file;
mod secret;
mod show;

use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command, CommandFactory, FromArgMatches};

use crate::args::Cli;

pub(crate) use show::show;

/// The flag that names the file; the only one that cannot be in it.
const FILE: &str = "config";

/// Commands whose flags can be in the file.
const WITH_FILE: [&str; 2] = ["start", "config"];

/// No configuration and no secret is longer.
const MOST_BYTES: u64 = 1 << 20;

/// Where a value comes from, weakest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Default,
    /// The configuration file, at this line.
    File(PathBuf, usize),
    /// The variable of this name.
    Variable(String),
    Flag,
}

/// One setting as it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Setting {
    pub(crate) name: String,
    pub(crate) values: Vec<String>,
    pub(crate) origin: Origin,
    pub(crate) is_list: bool,
    pub(crate) is_secret: bool,
}

/// Why there are no settings.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    /// The command line or a variable does not fit, or help was asked for.
    #[error(transparent)]
    CommandLine(#[from] clap::Error),
    /// What the files hold does not fit; all of it.
    #[error("{}", .0.join("; "))]
    Files(Vec<String>),
}

/// Made once: clap holds names for as long as the process lives.
static COMMAND: LazyLock<Command> = LazyLock::new(|| {
    WITH_FILE.iter().fold(Cli::command(), |command, name| command.mut_subcommand(name, secret::with_files))
});

/// The command line as it is offered.
pub(crate) fn command() -> Command {
    COMMAND.clone()
}

/// Reads everything.
pub(crate) fn read(args: Vec<OsString>) -> Result<(Cli, Vec<Setting>), SettingsError> {
    let command = command();
    let matches = command.clone().try_get_matches_from(&args)?;
    let Some((name, given)) = matches.subcommand().filter(|(name, _)| WITH_FILE.contains(name)) else {
        return Ok((Cli::from_arg_matches(&matches)?, Vec::new()));
    };
    let flags = command.find_subcommand(name).ok_or_else(|| unknown_command(&command))?;
    let mut problems = Vec::new();
    let mut layers = Layers { flags, given, in_file: Vec::new() };
    if let Some(path) = given.get_one::<PathBuf>(FILE).filter(|path| !path.as_os_str().is_empty()) {
        match text(path) {
            Ok(text) => layers.in_file = file::entries(path, &text, flags, &mut problems),
            Err(problem) => problems.push(format!("the configuration file {problem}")),
        }
    }
    let secrets = secret::read(&layers, &mut problems);
    if !problems.is_empty() {
        return Err(SettingsError::Files(problems));
    }
    let mut added: Vec<OsString> = Vec::new();
    let is_replaced = |name: &str| secrets.iter().any(|secret| secret.name == name);
    for entry in layers.in_file.iter().filter(|entry| !is_replaced(&entry.name)) {
        if layers.is_from_file(&entry.name) {
            added.extend(entry.words.iter().map(Into::into));
        }
    }
    added.extend(secrets.iter().flat_map(|secret| &secret.words).map(Into::into));
    let whole = args[..2].iter().chain(&added).chain(&args[2..]);
    let matches = command.clone().try_get_matches_from(whole)?;
    let cli = Cli::from_arg_matches(&matches)?;
    let holds = matches.subcommand_matches(name).unwrap_or(given);
    let settings = flags.get_arguments().filter(|flag| is_setting(flag)).filter_map(|flag| {
        let name = flag.get_long()?;
        let values: Vec<String> =
            raw(holds, flag).map(|value| value.to_string_lossy().into_owned()).collect();
        let origin = match secrets.iter().find(|secret| secret.name == name) {
            Some(secret) => secret.origin.clone(),
            None => layers.origin(flag),
        };
        Some(Setting {
            name: name.to_owned(),
            values,
            origin,
            is_list: is_list(flag),
            is_secret: is_secret(flag),
        })
    });
    Ok((cli, settings.collect()))
}

/// Reads the text of a configuration file: its settings as they would be typed.
///
/// # Errors
/// With all that is wrong with it, each with file, line and column.
pub fn typed(path: &Path, text: &str) -> Result<Vec<String>, Vec<String>> {
    let command = command();
    let mut problems = Vec::new();
    let entries = match command.find_subcommand(WITH_FILE[0]) {
        Some(flags) => file::entries(path, text, flags, &mut problems),
        None => Vec::new(),
    };
    if problems.is_empty() {
        Ok(entries.into_iter().flat_map(|entry| entry.words).collect())
    } else {
        Err(problems)
    }
}

/// The three places a value can come from.
struct Layers<'a> {
    flags: &'a Command,
    given: &'a ArgMatches,
    in_file: Vec<file::Entry>,
}

impl Layers<'_> {
    /// Where a flag's value comes from.
    fn origin(&self, flag: &Arg) -> Origin {
        match self.given.value_source(flag.get_id().as_str()) {
            Some(ValueSource::CommandLine) => return Origin::Flag,
            Some(ValueSource::EnvVariable) if !raw(self.given, flag).all(OsStr::is_empty) => {
                let name = flag.get_env().unwrap_or_default();
                return Origin::Variable(name.to_string_lossy().into_owned());
            }
            _ => {}
        }
        let entry = self.in_file.iter().find(|entry| Some(entry.name.as_str()) == flag.get_long());
        entry.map_or(Origin::Default, |entry| Origin::File(entry.path.clone(), entry.line))
    }

    fn is_from_file(&self, name: &str) -> bool {
        let flag = self.flags.get_arguments().find(|flag| flag.get_long() == Some(name));
        flag.is_some_and(|flag| matches!(self.origin(flag), Origin::File(..)))
    }
}

/// A name that clap has matched is one of its commands.
fn unknown_command(command: &Command) -> clap::Error {
    command.clone().error(clap::error::ErrorKind::InvalidSubcommand, "there is no such command")
}

/// Whether a flag can be in the file.
fn is_setting(flag: &Arg) -> bool {
    flag.get_long().is_some_and(|name| name != FILE && name != "help")
}

/// Whether a flag takes several values.
fn is_list(flag: &Arg) -> bool {
    matches!(flag.get_action(), clap::ArgAction::Append)
}

/// Whether nobody may see the value.
fn is_secret(flag: &Arg) -> bool {
    flag.is_hide_env_values_set()
}

fn raw<'a>(matches: &'a ArgMatches, flag: &Arg) -> impl Iterator<Item = &'a OsStr> {
    matches.get_raw(flag.get_id().as_str()).into_iter().flatten()
}

/// A file of reasonable length, or what is wrong with it.
fn text(path: &Path) -> Result<String, String> {
    let shown = path.display();
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(|error| format!("{shown} cannot be read: {error}"))?;
    let read = file.take(MOST_BYTES + 1).read_to_string(&mut text);
    match read.map_err(|error| format!("{shown} cannot be read: {error}"))? as u64 > MOST_BYTES {
        true => Err(format!("{shown} is longer than {MOST_BYTES} bytes")),
        false => Ok(text),
    }
}

#[cfg(test)]
mod tests;
