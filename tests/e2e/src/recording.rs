//! A recorded terminal session for the book: the built hamctl against the built server.
//!
//! There is no cluster here: the report that a daemon would send is sent by the recorder, in the daemon's place.

mod film;
mod svg;

use std::path::Path;

use anyhow::{Context, Result, ensure};

use self::film::Film;
use crate::{Build, Change, ClusterChoice, Narrator, Screen, Stage, StageOptions, Workspace, reports};

/// Columns of the recorded terminal.
const COLUMNS: u16 = 100;

/// More rows than any session has; a picture shows the last ones.
const ROWS: u16 = 200;

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
    let stage = Stage::set(options, &Narrator::silent()).await?;
    stage.log_in().await?;
    let build = what_happened_before(&stage).await?;
    let handle = tokio::runtime::Handle::current();
    // The other parts of the stage go on while a command runs.
    let film = tokio::task::block_in_place(|| play(&stage, &build, &handle))?;
    std::fs::write(file, svg::of(&film.frames, COLUMNS)).with_context(|| format!("write {}", file.display()))
}

/// One version is ready in dev and staging, and the next one, which is returned, in dev.
async fn what_happened_before(stage: &Stage) -> Result<Build> {
    let narrator = Narrator::silent();
    let workspace = Workspace::clone_from(stage, "web")?;
    let first = Change { branch: "master", message: "Greet with hello", edit: None };
    let second = Change {
        branch: "master",
        message: "Greet by the time of day",
        edit: Some(("shuttle.yaml", "greeting: hello", "greeting: good morning")),
    };
    let build = workspace.deliver(stage, &narrator, &first)?;
    for environment in ["dev", "staging"] {
        quietly(stage, environment)?;
        reports::ready(stage, environment, &build.id).await?;
    }
    let build = workspace.deliver(stage, &narrator, &second)?;
    quietly(stage, "dev")?;
    reports::ready(stage, "dev", &build.id).await?;
    // She is in the folder of the service, so that no command has to name it.
    let shuttle = workspace.folder().join("shuttle.yaml");
    std::fs::copy(&shuttle, stage.home().join("shuttle.yaml")).context("copy shuttle.yaml")?;
    Ok(build)
}

fn quietly(stage: &Stage, environment: &str) -> Result<()> {
    let run = stage.hamctl(&["release", "--service", "web", "--branch", "master", "--env", environment]);
    let output = run.run()?;
    ensure!(output.succeeded(), "hamctl release failed: {}", output.stderr_text());
    Ok(())
}

/// What the developer does, and what she sees meanwhile.
fn play(stage: &Stage, build: &Build, handle: &tokio::runtime::Handle) -> Result<Film> {
    let mut screen = Screen::new(ROWS, COLUMNS);
    let mut film = Film::default();
    for line in ["hamctl status", "hamctl diff --env staging"] {
        film.types(&mut screen, line);
        let end = screen.start(stage, line)?.ends()?;
        film.read(&mut screen, line, &end)?;
    }

    let line = "hamctl promote --env staging --wait";
    film.types(&mut screen, line);
    let mut running = screen.start(stage, line)?;
    for seconds in 1..=4 {
        running.shows(&format!("({seconds} s)"))?;
        film.glance(running.screen(), 900);
    }
    handle.block_on(async {
        reports::lands(stage, "staging", &build.id).await?;
        reports::ready(stage, "staging", &build.id).await
    })?;
    let end = running.ends()?;
    film.read(&mut screen, line, &end)?;

    let line = "hamctl rollback --env staging";
    film.types(&mut screen, line);
    let mut running = screen.start(stage, line)?;
    running.shows("Esc to cancel")?;
    film.glance(running.screen(), 2800);
    running.presses("\r")?;
    let end = running.ends()?;
    film.read(&mut screen, line, &end)?;
    film.ends(&screen);
    ensure!(!screen.is_full(), "the session is longer than {ROWS} lines");
    Ok(film)
}
