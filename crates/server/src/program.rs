//! From the command line to an exit code.

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use crate::args::{Cli, Command, StartArgs};
use crate::config::Config;
use crate::{logs, run};

/// The exit code of a wrong command line.
const USAGE: u8 = 2;

/// Runs the program.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(without_server(args)) {
        Ok(cli) => cli,
        Err(error) => {
            // Nobody is left to be told when the terminal is gone.
            drop(error.print());
            return if error.use_stderr() { ExitCode::from(USAGE) } else { ExitCode::SUCCESS };
        }
    };
    match cli.command {
        Command::Version => {
            drop(writeln!(std::io::stdout(), "{}", env!("CARGO_PKG_VERSION")));
            ExitCode::SUCCESS
        }
        Command::Start(args) => start(*args),
    }
}

/// The original's program was called `server`, so its users write `server start`.
fn without_server(args: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut args: Vec<OsString> = args.into_iter().collect();
    if args.get(1).is_some_and(|first| first == "server") {
        args.remove(1);
    }
    args
}

fn start(args: StartArgs) -> ExitCode {
    logs::start(&args.log);
    let config = match Config::new(args) {
        Ok(config) => config,
        Err(error) => {
            for problem in error.problems() {
                say(&format!("error: {problem}"));
            }
            say("hint: see `release-manager start --help`");
            return ExitCode::from(USAGE);
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            say(&format!("error: no threads can be started: {error}"));
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run::run(config)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(report) => {
            say(&report.to_string());
            ExitCode::from(report.kind.exit_code())
        }
    }
}

fn say(line: &str) {
    drop(writeln!(std::io::stderr(), "{line}"));
}
