//! `release-manager`: the server. All of it is in the library beside this file.

use std::process::ExitCode;

fn main() -> ExitCode {
    server::main(std::env::args_os())
}
