//! Real beds with real pods. They need root, as a node does; without it they say so, and fail in CI.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper that fails has failed its test")]
#![expect(clippy::print_stderr, reason = "a skipped test says so")]

mod left;
mod pods;
mod sides;

use kube_bed::{Bed, BedOptions};
use process::{Output, Program};

/// Whether beds with nodes can be had here.
fn can_have_nodes() -> bool {
    if rustix::process::geteuid().is_root() {
        return true;
    }
    assert!(std::env::var_os("CI").is_none(), "a bed with a node needs root, and CI must run everything");
    eprintln!("skipped: a bed with a node needs root");
    false
}

/// An empty bed that goes with the test.
fn bed(name: &str) -> Bed {
    up(&BedOptions::new(name).owned())
}

fn up(options: &BedOptions) -> Bed {
    match Bed::up(options, &mut |_| ()) {
        Ok(bed) => bed,
        Err(error) => panic!("{}", explain::Report::new(&error)),
    }
}

/// Runs kubectl, which has to succeed, and returns what it printed.
fn kubectl(bed: &Bed, args: &[&str]) -> String {
    succeed(bed.kubectl().args(args.iter().copied()))
}

/// Creates or changes what a manifest describes.
fn apply(bed: &Bed, manifest: &str) {
    succeed(bed.kubectl().args(["apply", "-f", "-"]).input(manifest));
}

fn succeed(program: Program) -> String {
    let shown = format!("{program:?}");
    let output: Output = program.run().unwrap();
    assert!(output.succeeded(), "{shown}\n{}\n{}", output.stdout_text(), output.stderr_text());
    output.stdout_text()
}
