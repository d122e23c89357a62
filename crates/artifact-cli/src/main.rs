//! The program; see the library.

use std::process::ExitCode;

use terminal::Terminal;

fn main() -> ExitCode {
    artifact_cli::run(std::env::args_os(), &Terminal::of_process())
}
