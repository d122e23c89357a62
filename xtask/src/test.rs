//! `cargo xtask test`: every test, on real parts.

use crate::cargo::{Fault, cargo, say};
use crate::debian::{Need, provide};

/// Runs all tests; what comes after `--` goes to `cargo test`.
pub(crate) fn test(args: &[String]) -> Result<(), Fault> {
    provide(Need::Tests)?;
    crate::tidy::tidy()?;
    if rustix::process::geteuid().is_root() {
        crate::demo::build_kubernetes()?;
    } else {
        say("not root: tests that need a cluster of their own say so");
    }
    let mut command = vec!["test", "--workspace"];
    command.extend(args.iter().skip_while(|arg| *arg == "--").map(String::as_str));
    // The story drives the built programs, so all of them are built before any test runs.
    crate::generate::generate(&["--check".to_owned()])?;
    cargo(&command)
}
