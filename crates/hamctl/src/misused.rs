//! Command lines that make no sense: what is wrong, and what was probably meant.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory};
use explain::Report;
use terminal::usage_report;

use crate::args::Args;
use crate::suggest;

/// `hamctl help COMMAND` is `hamctl COMMAND --help`.
pub(crate) fn with_help(mut arguments: Vec<OsString>) -> Vec<OsString> {
    if arguments.get(1).is_some_and(|word| word == "help") {
        arguments.remove(1);
        arguments.push("--help".into());
    }
    arguments
}

/// The mistake in the words of every other error.
pub(crate) fn report(error: &clap::Error, arguments: &[OsString]) -> Report {
    let mut root = Args::command();
    root.build();
    let command = innermost(&root, arguments);
    let name = command.get_bin_name().unwrap_or("hamctl");
    let report = usage_report(&error.render().to_string(), name);
    let meant = match (error.kind(), error.get(ContextKind::SuggestedArg)) {
        (ErrorKind::UnknownArgument, None) => flag(error, command),
        _ => None,
    };
    match meant {
        Some(meant) => Report { hint: format!("did you mean '--{meant}'? See `{name} --help`"), ..report },
        None => report,
    }
}

/// The command that the words name, as far as they name one.
fn innermost<'a>(root: &'a Command, arguments: &[OsString]) -> &'a Command {
    let words = arguments.iter().skip(1).filter_map(|word| word.to_str());
    words.fold(root, |command, word| command.find_subcommand(word).unwrap_or(command))
}

/// The flag of the command that is nearest to the one that was given.
fn flag(error: &clap::Error, command: &Command) -> Option<String> {
    let Some(ContextValue::String(given)) = error.get(ContextKind::InvalidArg) else { return None };
    let given = given.strip_prefix("--")?;
    let seen = command.get_arguments().filter(|argument| !argument.is_hide_set());
    let known: Vec<String> = seen
        .flat_map(|argument| {
            let aliases = argument.get_visible_aliases().unwrap_or_default();
            argument.get_long().into_iter().chain(aliases).map(str::to_owned).collect::<Vec<_>>()
        })
        .collect();
    suggest::closest(given, &known).map(str::to_owned)
}
