//! How soon the command lines answer, beside the shortest program there is.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use process::Program;

use crate::figures::{Figures, Times, milliseconds};

/// Runs of each command; a start takes a millisecond or two.
const RUNS: usize = 200;

/// What is started, and what it is asked; each answers with its first byte and ends.
const COMMANDS: [(&str, &[&str]); 6] = [
    ("hamctl", &["version"]),
    ("hamctl", &["--help"]),
    ("hamctl", &["completion", "bash"]),
    ("artifact", &["version"]),
    ("shuttle", &["version"]),
    ("shuttle", &["--help"]),
];

/// The bar over what `true` takes: 3 ms.
const BAR: &str = "3 ms";

/// Starts each command beside `true`, in turn, so that both meet the same machine.
pub(crate) fn measure() -> Result<Figures> {
    let folder = folder()?;
    let mut figures = Figures::default();
    for (name, args) in COMMANDS {
        let (mut ours, mut bare) = (Times::default(), Times::default());
        for _ in 0..RUNS {
            bare.add(timed("true".as_ref(), &[])?);
            ours.add(timed(&folder.join(name), args)?);
        }
        let what = format!("{name} {}: start to end", args.join(" "));
        figures.add(
            &what,
            ours.summary(),
            format!("true: median {}", milliseconds(bare.percentile(50))),
            BAR,
        );
    }
    Ok(figures)
}

fn timed(program: &Path, args: &[&str]) -> Result<std::time::Duration> {
    let run = Program::new(program).args(args.iter().copied());
    let began = Instant::now();
    let output = run.run()?;
    let took = began.elapsed();
    ensure!(output.succeeded(), "{} {} failed: {}", program.display(), args.join(" "), output.stderr_text());
    Ok(took)
}

/// The programs lie beside this one.
fn folder() -> Result<PathBuf> {
    let this = std::env::current_exe().context("cannot tell where this program is")?;
    Ok(this.parent().context("this program is in no folder")?.to_owned())
}
