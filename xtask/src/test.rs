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
    let mut command = vec!["test", "--workspace", "--no-fail-fast"];
    command.extend(args.iter().skip_while(|arg| *arg == "--").map(String::as_str));
    // The story drives the built programs, so all of them are built before any test runs.
    crate::generate::generate(&["--check".to_owned()])?;
    crate::dist::check()?;
    let kept = beds();
    let ended = cargo(&command);
    // The bed that tests share outlives each of them; one that was there before is somebody's.
    for bed in beds().iter().filter(|bed| !kept.contains(bed)) {
        kube_bed::down(bed).map_err(|error| explain::Report::new(&error).to_string())?;
    }
    ended
}

fn beds() -> Vec<String> {
    // A folder that cannot be read holds no bed of ours.
    kube_bed::beds().unwrap_or_default()
}
