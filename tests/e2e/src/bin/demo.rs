//! `cargo xtask demo`: plays the story and stays up, or plays it once and ends.

use std::process::ExitCode;

fn main() -> ExitCode {
    e2e::demo::main()
}
