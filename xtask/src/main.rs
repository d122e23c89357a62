//! The project's own commands.

mod kube;

use std::io::{self, Write};
use std::process::ExitCode;

fn main() -> io::Result<ExitCode> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.split_first() {
        Some((command, rest)) if command == "kube" => kube::kube(rest).map(ExitCode::from),
        _ => {
            writeln!(io::stderr(), "Usage: cargo xtask kube up|down|status|kubeconfig")?;
            Ok(ExitCode::from(2))
        }
    }
}
