//! The program `release-daemon`.

use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;
use daemon::args::{Command, CommandLine};
use terminal::{Terminal, usage_report};

fn main() -> ExitCode {
    let terminal = Terminal::of_process();
    match CommandLine::try_parse() {
        Ok(CommandLine { command: Command::Start(args) }) => terminal.end(daemon::run::start(*args)),
        Ok(CommandLine { command: Command::Version }) => {
            terminal.data(env!("CARGO_PKG_VERSION"));
            terminal.end_with(None)
        }
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            terminal.data_exact(&error.render().to_string());
            terminal.end_with(None)
        }
        Err(error) => terminal.end_with(Some(usage_report(&error.render().to_string(), "release-daemon"))),
    }
}
