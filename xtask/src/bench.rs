//! `cargo xtask bench`: figures, each beside its limit measured in the same run.

use crate::cargo::{Fault, cargo, command, run, target};
use crate::debian::{Need, provide};

/// Builds with optimisation and measures.
pub(crate) fn bench(args: &[String]) -> Result<(), Fault> {
    let [name, rest @ ..] = args else {
        return Err("name what to measure: cli, release or reconcile".to_owned());
    };
    if !matches!(name.as_str(), "cli" | "release" | "reconcile") {
        return Err(format!("there is no benchmark `{name}`; there are cli, release and reconcile"));
    }
    provide(Need::Demo)?;
    if name == "reconcile" {
        crate::demo::build_kubernetes()?;
    }
    cargo(&["build", "--release", "--workspace", "--bins"])?;
    run(command(&target("release").join("bench").to_string_lossy()).arg(name).args(rest))
}
