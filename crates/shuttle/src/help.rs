//! Help texts.

use std::fmt::Write;

use crate::config::{Script, Scripts};
use crate::kebab::kebab;

/// `shuttle --help`
pub(crate) const GENERAL: &str = "\
Run the scripts and render the templates of a service's plan

Usage: shuttle [FLAGS] COMMAND

Commands:
  run SCRIPT [NAME=VALUE ...]        Run a script of the plan or the project
  ls                                 List the scripts
  template NAME [KEY=VALUE ...]      Render a template of the project or the plan
  get VAR                            Print a variable
  has VAR                            Tell by the exit code whether a variable is there
  plan                               Print the plan that is configured
  prepare                            Bring the plan here and do nothing else
  config                             Print version, plan and environment
  version                            Print the version

Flags:
  -p, --project PATH    The project's folder (default: the nearest one with a shuttle.yaml)
      --plan REF        Another plan: a folder, an address, or '#REF' of the configured one
                        [env SHUTTLE_PLAN_OVERLOAD]
      --skip-pull       Use an existing clone of the plan as it is
  -c, --clean           Delete .shuttle first
  -v, --verbose         Tell everything
  -h, --help            Print this
      --version         Print the version
";

/// `shuttle run`
pub(crate) fn scripts(scripts: &Scripts) -> String {
    format!("Usage: shuttle run SCRIPT [NAME=VALUE ...]\n\n{}", list(scripts))
}

/// The output of `ls`.
pub(crate) fn list(scripts: &Scripts) -> String {
    let width = width(scripts);
    let mut out = String::from("Available Scripts:\n");
    for (name, script) in scripts {
        let mut description = script.description.chars();
        let first: String = description.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
        push(&mut out, format_args!("  {name:<width$}{first}{}\n", description.as_str()));
    }
    out
}

/// How wide names are printed.
pub(crate) fn width(scripts: &Scripts) -> usize {
    scripts.keys().map(|name| name.chars().count()).max().unwrap_or(0).max(10) + 2
}

/// `shuttle run SCRIPT --help`
pub(crate) fn script(name: &str, script: &Script) -> String {
    let mut out = String::new();
    if !script.description.is_empty() {
        push(&mut out, format_args!("{}\n\n", script.description));
    }
    push(&mut out, format_args!("Usage: shuttle run {name} [FLAGS] [NAME=VALUE ...]\n"));
    if !script.args.is_empty() {
        out.push_str("\nFlags:\n");
    }
    for argument in &script.args {
        let value = if argument.kind == "bool" { "string[=\"true\"]" } else { "string" };
        let required = if argument.required { " (required)" } else { "" };
        let flag = format!("--{} {value}", kebab(&argument.name));
        push(&mut out, format_args!("  {flag:<28}  {}{required}\n", argument.description));
    }
    out
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    let written = out.write_fmt(text);
    debug_assert!(written.is_ok(), "writing to a string cannot fail");
}
