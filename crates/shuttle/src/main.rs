//! The `shuttle` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    // A script gets what a person typed; what is not UTF-8 comes through with replacement characters, as text has to.
    let args = std::env::args_os().skip(1).map(|arg| arg.to_string_lossy().into_owned());
    shuttle::run(args.collect())
}
