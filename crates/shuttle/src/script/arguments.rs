//! The arguments of a script, and the environment that its actions get.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, BufRead, Write};
use std::path::Path;

use crate::config::Script;
use crate::console::Console;
use crate::failure::Failure;
use crate::flags::{Kind, Parsed, Spec};
use crate::kebab::kebab;
use crate::plan::clone::VALIDATED;
use crate::project::Project;

/// Values by the names that the script declares, or that were given as `name=value`.
pub(crate) type Arguments = BTreeMap<String, String>;

/// The flags of a script; two arguments that become the same flag are a fault of the plan.
pub(crate) fn flag_specs(name: &str, script: &Script, reserved: &[Spec]) -> Result<Vec<Spec>, Failure> {
    let mut specs: Vec<Spec> = Vec::new();
    for argument in &script.args {
        let flag = kebab(&argument.name);
        if specs.iter().chain(reserved).any(|known| known.name == flag) {
            // Still reachable as `name=value`.
            if reserved.iter().any(|known| known.name == flag) {
                continue;
            }
            return Err(Failure::usage(
                format!("script `{name}` has two arguments for the flag --{flag}"),
                "ask the maintainers of the plan to rename one",
            ));
        }
        let kind = if argument.kind == "bool" { Kind::OptionalValue } else { Kind::Value };
        specs.push(Spec::new(&flag, None, kind));
    }
    Ok(specs)
}

impl Script {
    /// The values of the arguments: flags first, `name=value` words over them, nothing for the rest.
    pub(crate) fn arguments(
        &self,
        name: &str,
        parsed: &Parsed,
        console: Console,
    ) -> Result<Arguments, Failure> {
        let mut arguments: Arguments =
            self.args.iter().map(|argument| (argument.name.clone(), String::new())).collect();
        for argument in &self.args {
            if let Some(value) = parsed.value(&kebab(&argument.name)) {
                arguments.insert(argument.name.clone(), value.to_owned());
            }
        }
        for (key, value) in parsed.words.iter().filter_map(|word| word.split_once('=')) {
            if !self.args.iter().any(|argument| argument.name == key) {
                let known: Vec<&str> = self.args.iter().map(|argument| argument.name.as_str()).collect();
                console.warn(&format!(
                    "script `{name}` declares no argument `{key}`, only: {}",
                    if known.is_empty() { "none".to_owned() } else { known.join(", ") }
                ));
            }
            arguments.insert(key.to_owned(), value.to_owned());
        }
        if parsed.is_on("interactive") {
            self.ask(&mut arguments)?;
        } else if parsed.value("validate") != Some("false") {
            self.require(name, &arguments)?;
        }
        Ok(arguments)
    }

    fn missing(&self, arguments: &Arguments) -> Vec<String> {
        let is_empty = |name: &String| arguments.get(name).is_none_or(String::is_empty);
        let mut missing: Vec<String> = self
            .args
            .iter()
            .filter(|argument| argument.required)
            .map(|argument| argument.name.clone())
            .collect();
        missing.retain(is_empty);
        missing.sort();
        missing
    }

    fn require(&self, name: &str, arguments: &Arguments) -> Result<(), Failure> {
        let missing = self.missing(arguments);
        if missing.is_empty() {
            return Ok(());
        }
        let flags: Vec<String> = missing.iter().map(|name| format!("\"{}\"", kebab(name))).collect();
        let example: Vec<String> = missing.iter().map(|name| format!("{name}=VALUE")).collect();
        Err(Failure::usage(
            format!("required flag(s) {} not set", flags.join(", ")),
            format!("shuttle run {name} {}", example.join(" ")),
        ))
    }

    /// Asks for what is missing, on standard error; the answers come from standard input.
    fn ask(&self, arguments: &mut Arguments) -> Result<(), Failure> {
        for name in self.missing(arguments) {
            let description =
                self.args.iter().find(|argument| argument.name == name).map(|argument| &argument.description);
            let question = format!("? {} {} ", kebab(&name), description.map_or("", String::as_str));
            let mut answer = String::new();
            while answer.trim().is_empty() {
                let mut err = io::stderr().lock();
                drop(err.write_all(question.as_bytes()).and_then(|()| err.flush()));
                answer.clear();
                let n = io::stdin()
                    .lock()
                    .read_line(&mut answer)
                    .map_err(Failure::file("read", "standard input"))?;
                if n == 0 {
                    return Err(Failure::usage(
                        format!("no answer for \"{}\": standard input ended", kebab(&name)),
                        format!("give it as {name}=VALUE"),
                    ));
                }
            }
            arguments.insert(name, answer.trim().to_owned());
        }
        Ok(())
    }
}

/// What the actions find in their environment beside ours; later entries win.
pub(super) fn environment(project: &Project, arguments: &Arguments) -> Vec<(OsString, OsString)> {
    let plan = project.plan.clone().unwrap_or_default();
    let mut environment: Vec<(OsString, OsString)> =
        arguments.iter().map(|(name, value)| (name.into(), value.into())).collect();
    environment.extend([
        ("plan".into(), plan.clone().into_os_string()),
        ("tmp".into(), project.temp().into_os_string()),
        ("project".into(), project.folder.clone().into_os_string()),
        ("PATH".into(), path_with_us(std::env::current_exe().ok().as_deref())),
        (VALIDATED.into(), plan.into_os_string()),
        ("SHUTTLE_INTERACTIVE".into(), "default".into()),
    ]);
    environment
}

/// The `PATH` with the folder of this program in front, so that scripts call the same shuttle.
fn path_with_us(program: Option<&Path>) -> OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let Some(folder) = program.and_then(Path::parent) else { return path };
    let mut joined = folder.as_os_str().to_owned();
    joined.push(":");
    joined.push(path);
    joined
}
