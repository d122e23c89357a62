//! The program `release-controller`.

use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;
use controller::args::CommandLine;
use terminal::{Terminal, usage_report};

fn main() -> ExitCode {
    let terminal = Terminal::of_process();
    match CommandLine::try_parse() {
        Ok(args) => terminal.end(controller::run::start(args)),
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            terminal.data_exact(&error.render().to_string());
            terminal.end_with(None)
        }
        Err(error) => {
            terminal.end_with(Some(usage_report(&error.render().to_string(), "release-controller")))
        }
    }
}
