//! Records the terminal session that the book shows: `cargo run -p e2e --bin record -- docs/images/session.svg`.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            drop(writeln!(std::io::stderr(), "error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let file = std::env::args().nth(1).context("name the file to write")?;
    let folder = std::env::temp_dir().join(format!("release-manager-recording-{}", std::process::id()));
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let recorded = runtime.context("cannot start threads")?.block_on(e2e::recording::record(
        &folder,
        &examples,
        Path::new(&file),
    ));
    // What matters is whether it was recorded.
    drop(std::fs::remove_dir_all(&folder));
    recorded
}
