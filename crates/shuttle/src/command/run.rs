//! `run`: a script of the plan or the project.

use super::{HINT, Invocation, template_flag};
use crate::config::{Script, Scripts};
use crate::failure::Failure;
use crate::flags::{Kind, Parsed, Spec, global_specs, parse};
use crate::help;
use crate::script::{self, flag_specs};

pub(super) fn run(invocation: &Invocation<'_>) -> Result<(), Failure> {
    let project = invocation.load()?;
    let Some(name) = script_name(invocation, &project.scripts)? else {
        return invocation.console.data(&help::scripts(&project.scripts));
    };
    let script = &project.scripts[&name];
    if invocation.globals.help {
        return invocation.console.data(&help::script(&name, script));
    }
    let parsed = parse_for(invocation, &name, script)?;
    let arguments = script.arguments(&name, &parsed, invocation.console)?;
    Ok(script::run(&project, &name, script, &arguments, invocation.console)?)
}

/// The flags of `run` itself.
fn own_specs() -> Vec<Spec> {
    let interactive = Spec::new("interactive", None, Kind::Switch);
    vec![template_flag(), Spec::new("validate", None, Kind::Switch), interactive]
}

/// The script that is meant: the first word that is no flag and no flag's value. A script is called by the first
/// word of its name.
fn script_name(invocation: &Invocation<'_>, scripts: &Scripts) -> Result<Option<String>, Failure> {
    let mut words = invocation.words.iter();
    while let Some(word) = words.next() {
        if matches!(word.as_str(), "-p" | "--project" | "--plan" | "--template") {
            words.next();
        } else if !word.starts_with('-') {
            let called = |name: &&String| name.split_whitespace().next() == Some(word);
            if let Some(name) = scripts.keys().find(called) {
                return Ok(Some(name.clone()));
            }
            let known: Vec<&str> = scripts.keys().map(String::as_str).collect();
            return Err(Failure::usage(
                format!("there is no script `{word}`"),
                format!("use one of: {}", known.join(", ")),
            ));
        }
    }
    parse(invocation.words, &[global_specs(), own_specs()].concat(), HINT)?;
    Ok(None)
}

fn parse_for(invocation: &Invocation<'_>, name: &str, script: &Script) -> Result<Parsed, Failure> {
    let reserved = [global_specs(), own_specs()].concat();
    let specs = [reserved.clone(), flag_specs(name, script, &reserved)?].concat();
    let mut parsed = parse(invocation.words, &specs, &format!("shuttle run {name} --help lists its flags"))?;
    if std::env::var("SHUTTLE_INTERACTIVE").is_ok_and(|value| value == "true")
        && parsed.value("interactive").is_none()
    {
        parsed.flags.push(("interactive".to_owned(), "true".to_owned()));
    }
    Ok(parsed)
}
