//! The project's own commands: `cargo xtask demo`, `test`, `crash`, `fuzz`, `bench`, `dist`, `kube`, `tidy`.
//!
//! Each installs what it needs on a fresh Debian machine, says so, and shows how far it is.

mod bench;
mod cargo;
mod crash;
mod debian;
mod demo;
mod dist;
mod fuzz;
mod generate;
mod kube;
mod test;
mod tidy;

use std::io::{self, Write};
use std::process::ExitCode;

const USAGE: &str = "\
Commands of the release manager's own project

Usage: cargo xtask <command>

  demo [--once] [--git-only] [--context NAME]   plays the whole story on real parts, then stays up
  test [-- ARGS]                                runs every test, the end-to-end ones included
  crash [--kills N] [--seed N]                  kills the server N times (1000) under load, and judges the history
  bench cli|release|reconcile                   measures, each figure beside its limit
  dist [PROGRAM..]                              builds what is released into target/dist; --check: looks at what
                                                people and CI fetch, without optimisation; --sums: SHA256SUMS anew
  fuzz [TARGET..] [--seconds N]                 feeds foreign bytes to each parser for N seconds (60)
  fuzz --list | fuzz TARGET --replay FILE       names the parsers; runs one input again
  kube up|down|status|kubeconfig                the Kubernetes of the tests, by hand
  generate [--check]                            fills the book with what the programs say of themselves
  tidy                                          checks the rules of the house that no compiler knows";

fn main() -> io::Result<ExitCode> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let Some((command, rest)) = args.split_first() else {
        writeln!(io::stderr(), "{USAGE}")?;
        return Ok(ExitCode::from(2));
    };
    let ended = match command.as_str() {
        "demo" => demo::demo(rest),
        "test" => test::test(rest),
        "crash" => crash::crash(rest),
        "dist" => dist::dist(rest),
        "fuzz" => fuzz::fuzz(rest),
        "bench" => bench::bench(rest),
        "generate" => generate::generate(rest),
        "tidy" => tidy::tidy(),
        "kube" => return kube::kube(rest).map(ExitCode::from),
        "help" | "--help" | "-h" => {
            writeln!(io::stdout(), "{USAGE}")?;
            return Ok(ExitCode::SUCCESS);
        }
        other => {
            writeln!(io::stderr(), "error: there is no command `{other}`\n\n{USAGE}")?;
            return Ok(ExitCode::from(2));
        }
    };
    match ended {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) => {
            writeln!(io::stderr(), "error: {error}")?;
            Ok(ExitCode::FAILURE)
        }
    }
}
