//! The `shuttle` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    shuttle::run(std::env::args().skip(1).collect())
}
