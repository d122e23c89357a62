//! From the words of the command line to one command.

mod config;
mod get;
mod has;
mod ls;
mod plan;
mod run;
mod template;

use std::process::ExitCode;

use go_template::{Delimiters, Dialect, Template, Value};

use crate::console::Console;
use crate::failure::Failure;
use crate::flags::{Globals, Kind, Parsed, Spec, global_specs, parse};
use crate::help;
use crate::project::Project;
use crate::world::Machine;

const HINT: &str = "shuttle --help lists commands and flags";

/// Runs the command that the words ask for.
#[must_use]
pub fn run(words: Vec<String>) -> ExitCode {
    let globals = Globals::scan(&words);
    match dispatch(&words, &globals) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !matches!(failure, Failure::Absent) {
                Console::new(globals.verbose, false).failure(&failure);
            }
            failure.exit_code().into()
        }
    }
}

/// What a command needs to run.
struct Invocation<'a> {
    words: &'a [String],
    globals: &'a Globals,
    console: Console,
}

fn dispatch(words: &[String], globals: &Globals) -> Result<(), Failure> {
    let (name, rest) = split(words)?;
    let quiet = matches!(name.as_str(), "get" | "has" | "plan" | "config" | "version");
    let console = Console::new(globals.verbose, quiet);
    let invocation = Invocation { words: &rest, globals, console };
    if name != "run" && (globals.help || name.is_empty() || name == "help") {
        return console.data(help::GENERAL);
    }
    match name.as_str() {
        "run" => run::run(&invocation),
        "ls" => ls::run(&invocation),
        "plan" => plan::run(&invocation),
        "get" => get::run(&invocation),
        "has" => has::run(&invocation),
        "template" => template::run(&invocation),
        "config" => config::run(&invocation),
        "prepare" => invocation.parse(&[]).and_then(|_| invocation.load()).map(drop),
        "version" => version(&invocation),
        _ => Err(Failure::usage(format!("unknown command \"{name}\" for \"shuttle\""), HINT)),
    }
}

/// The command, which is the first word, and all other words in their order.
fn split(words: &[String]) -> Result<(String, Vec<String>), Failure> {
    let mut index = 0;
    while let Some(word) = words.get(index) {
        let rest = || [&words[..index], &words[index + 1..]].concat();
        if word == "--version" {
            return Ok(("version".to_owned(), rest()));
        }
        if !word.starts_with('-') || word == "-" {
            return Ok((word.clone(), rest()));
        }
        let takes_next = matches!(word.as_str(), "-p" | "--project" | "--plan");
        index += if takes_next { 2 } else { 1 };
    }
    parse(words, &global_specs(), HINT)?;
    Ok((String::new(), Vec::new()))
}

impl Invocation<'_> {
    /// Takes the words apart by the global flags and the command's own.
    fn parse(&self, own: &[Spec]) -> Result<Parsed, Failure> {
        parse(self.words, &[global_specs(), own.to_vec()].concat(), HINT)
    }

    fn load(&self) -> Result<Project, Failure> {
        Project::load(self.globals, self.console)
    }
}

fn version(invocation: &Invocation<'_>) -> Result<(), Failure> {
    let parsed = invocation.parse(&[Spec::new("commit", None, Kind::Switch)])?;
    let text = if parsed.is_on("commit") {
        option_env!("SHUTTLE_COMMIT").unwrap_or("<unspecified-commit>")
    } else {
        env!("CARGO_PKG_VERSION")
    };
    invocation.console.data(&format!("{text}\n"))
}

/// The flag of several commands that renders their data.
fn template_flag() -> Spec {
    Spec::new("template", None, Kind::Value)
}

/// Renders a template of the command line.
fn render_inline(name: &str, text: &str, dot: &Value) -> Result<String, Failure> {
    Template::parse(name, text, &Delimiters::default(), Dialect::Shuttle)
        .and_then(|template| template.render(dot, &Machine))
        .map_err(|source| Failure::InlineTemplate { source })
}

/// The words of a command that wants just one.
fn one_word(parsed: &Parsed) -> Result<&str, Failure> {
    match parsed.words.as_slice() {
        [word] => Ok(word),
        words => Err(Failure::usage(format!("accepts 1 arg(s), received {}", words.len()), HINT)),
    }
}
