//! A recorded terminal session for the book: the built hamctl against the built server.
//!
//! There is no cluster here: the report that a daemon would send is sent by the recorder, in the daemon's place.

mod svg;

use std::path::Path;

use anyhow::{Context, Result, anyhow, ensure};

use crate::{Change, ClusterChoice, Narrator, Screen, Stage, StageOptions, Workspace, reports};

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
        reports::ready(&stage, environment, &build.id).await?;
    }
    let build = workspace.deliver(&stage, &narrator, &second)?;
    quietly(&stage, "dev")?;
    reports::ready(&stage, "dev", &build.id).await?;

    let mut screen = Screen::new(ROWS, COLUMNS);
    let handle = tokio::runtime::Handle::current();
    // The other parts of the stage go on while a command runs.
    tokio::task::block_in_place(|| {
        run(&mut screen, &stage, "hamctl status --service web", &[])?;
        run(&mut screen, &stage, "hamctl diff --service web --env staging", &[])?;
        std::thread::scope(|scope| {
            let promoted = scope.spawn(|| run(&mut screen, &stage, PROMOTE, &[]));
            handle.block_on(async {
                reports::lands(&stage, "staging", &build.id).await?;
                reports::ready(&stage, "staging", &build.id).await
            })?;
            promoted.join().map_err(|_| anyhow!("the recorder broke"))?
        })?;
        run(&mut screen, &stage, "hamctl rollback --service web --env staging", &[("Esc to cancel", "\r")])
    })?;
    std::fs::write(file, svg::of(&screen)).with_context(|| format!("write {}", file.display()))
}

/// Columns of the recorded terminal.
const COLUMNS: u16 = 100;

/// More rows than any session has; empty ones are not shown.
const ROWS: u16 = 100;

const PROMOTE: &str = "hamctl promote --service web --env staging --wait";

/// What happened before the session begins.
fn quietly(stage: &Stage, environment: &str) -> Result<()> {
    let run = stage.hamctl(&["release", "--service", "web", "--branch", "master", "--env", environment]);
    let output = run.run()?;
    ensure!(output.succeeded(), "hamctl release failed: {}", output.stderr_text());
    Ok(())
}

/// Types a command and, each once it is asked for, some keys; ends when the command does.
fn run(screen: &mut Screen, stage: &Stage, line: &str, keys: &[(&str, &str)]) -> Result<()> {
    screen.write(&format!("\x1b[1m$ {line}\x1b[0m\r\n"));
    let mut running = screen.start(stage, line)?;
    for (question, answer) in keys {
        running.shows(question)?;
        running.presses(answer)?;
    }
    let end = running.ends()?;
    ensure!(end == "exit 0", "`{line}` ended with {end}");
    screen.write("\r\n");
    ensure!(!screen.is_full(), "the session is longer than {ROWS} lines");
    Ok(())
}
