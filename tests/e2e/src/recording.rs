//! A recorded terminal session for the book: the built hamctl against the built server.
//!
//! There is no cluster here: the report that a daemon would send is sent by the recorder, in the daemon's place.

mod daemon;
mod screen;
mod svg;

use std::path::Path;

use anyhow::{Context, Result, anyhow, ensure};

use self::screen::Screen;
use crate::{Change, ClusterChoice, Narrator, Stage, StageOptions, Workspace};

/// Plays the session and writes it as SVG.
///
/// # Errors
/// When a step fails, or the file cannot be written.
pub async fn record(folder: &Path, examples: &Path, file: &Path) -> Result<()> {
    let options = StageOptions {
        folder: folder.to_owned(),
        examples: examples.to_owned(),
        cluster: ClusterChoice::None,
        bed: "unused".to_owned(),
    };
    let narrator = Narrator::silent();
    let stage = Stage::set(options, &narrator).await?;
    stage.log_in().await?;
    let workspace = Workspace::clone_from(&stage, "web")?;
    let first = Change { branch: "master", message: "Greet with hello", edit: None };
    let second = Change {
        branch: "master",
        message: "Greet by the time of day",
        edit: Some(("shuttle.yaml", "greeting: hello", "greeting: good morning")),
    };
    let build = workspace.deliver(&stage, &narrator, &first)?;
    for environment in ["dev", "staging"] {
        quietly(&stage, environment)?;
        daemon::reports(&stage, environment, &build.id).await?;
    }
    let build = workspace.deliver(&stage, &narrator, &second)?;
    quietly(&stage, "dev")?;
    daemon::reports(&stage, "dev", &build.id).await?;

    let mut screen = Screen::new();
    let handle = tokio::runtime::Handle::current();
    // The other parts of the stage go on while a command runs.
    tokio::task::block_in_place(|| {
        screen.run(&stage, "hamctl status --service web", &[])?;
        screen.run(&stage, "hamctl diff --service web --env staging", &[])?;
        std::thread::scope(|scope| {
            let promoted = scope.spawn(|| screen.run(&stage, PROMOTE, &[]));
            handle.block_on(async {
                daemon::lands(&stage, "staging", &build.id).await?;
                daemon::reports(&stage, "staging", &build.id).await
            })?;
            promoted.join().map_err(|_| anyhow!("the recorder broke"))?
        })?;
        screen.run(&stage, "hamctl rollback --service web --env staging", &[("Esc to cancel", "\r")])
    })?;
    std::fs::write(file, svg::of(screen.terminal())).with_context(|| format!("write {}", file.display()))
}

const PROMOTE: &str = "hamctl promote --service web --env staging --wait";

/// What happened before the session begins.
fn quietly(stage: &Stage, environment: &str) -> Result<()> {
    let run = stage.hamctl(&["release", "--service", "web", "--branch", "master", "--env", environment]);
    let output = run.run()?;
    ensure!(output.succeeded(), "hamctl release failed: {}", output.stderr_text());
    Ok(())
}
