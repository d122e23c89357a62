//! `cargo xtask bench`: measures the built programs, each figure beside its limit measured in the same run.
//!
//! A limit is what the machine can do without us: a bare `git push` of one prepared commit, a bare parallel apply
//! loop. Machines differ and are never quiet; a figure beside its limit still says something.

mod cli;
mod figures;
mod machine;
mod reconcile;
mod release;

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::release::Part;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            drop(writeln!(std::io::stderr(), "error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.context("cannot start threads")?;
    // A second call finds the provider installed; that is all we need.
    drop(rustls::crypto::ring::default_provider().install_default());
    let figures = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["cli"] => cli::measure()?,
        ["release"] => runtime.block_on(release::measure(Part::Whole))?,
        ["release", "--ssh"] => runtime.block_on(release::measure(Part::Ssh))?,
        ["release", "--local"] => runtime.block_on(release::measure(Part::Local))?,
        ["release", "--long"] => runtime.block_on(release::measure(Part::Long))?,
        ["reconcile"] => runtime.block_on(reconcile::measure(reconcile::Scale::FULL))?,
        ["reconcile", "--small"] => runtime.block_on(reconcile::measure(reconcile::Scale::SMALL))?,
        _ => bail!("name what to measure: cli, release [--ssh|--local|--long], or reconcile [--small]"),
    };
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}\n\n{figures}", machine::describe())?;
    Ok(())
}
