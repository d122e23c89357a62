//! `config`: what this run is made of.

use std::fmt::Write;

use super::Invocation;
use crate::failure::Failure;
use crate::flags::{Kind, Spec};
use crate::plan::Reference;

/// Names with one of these words hold values that nobody should read over a shoulder.
const SECRET_WORDS: [&str; 6] = ["TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL", "PRIVATE"];

pub(super) fn run(invocation: &Invocation<'_>) -> Result<(), Failure> {
    let parsed = invocation.parse(&[Spec::new("exclude-env-vars", None, Kind::Value)])?;
    let excluded: Vec<&str> = parsed
        .flags
        .iter()
        .filter(|(name, _)| name == "exclude-env-vars")
        .flat_map(|(_, names)| names.split(','))
        .collect();
    let project = invocation.load()?;
    let plan = match Reference::parse(project.file.plan.as_deref().unwrap_or_default(), &project.folder)? {
        Reference::None => "false".to_owned(),
        Reference::Local(path) => path.display().to_string(),
        Reference::Git(origin) => format!("{} {}", origin.shown(), origin.head),
    };
    let mut text = format!("Version {}\n\nPlan:\n{plan}\n\nEnvironment:\n", env!("CARGO_PKG_VERSION"));
    for (name, value) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if excluded.iter().any(|excluded| *excluded == name) {
            continue;
        }
        let is_secret = SECRET_WORDS.iter().any(|word| name.to_uppercase().contains(word));
        let value = if is_secret { "***".into() } else { value.to_string_lossy() };
        let written = writeln!(text, "{name}={value}");
        debug_assert!(written.is_ok(), "writing to a string cannot fail");
    }
    invocation.console.data(&text)
}
