//! The demo: sets the stage, plays the story, and leaves it standing for the reader to go on by hand.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;
use tokio::sync::watch;

use crate::{ClusterChoice, Narrator, Stage, StageOptions, story};

/// Plays the whole story of the release manager on this machine, with real parts
#[derive(Debug, Parser)]
#[command(name = "demo", bin_name = "cargo xtask demo", max_term_width = 100)]
struct Args {
    /// End after the story, with exit code 0 only if every fact held
    #[arg(long)]
    once: bool,

    /// Play the Git half only, without any cluster
    #[arg(long, conflicts_with = "context")]
    git_only: bool,

    /// Use the cluster of this context of your kubeconfig (kind, k3d, minikube, any cluster); the demo keeps to
    /// namespaces of its own there: dev, staging, prod and release-system
    #[arg(long)]
    context: Option<String>,

    /// Keep everything in this folder, which is emptied first
    #[arg(long, env = "RELEASE_MANAGER_DEMO_FOLDER", hide = true)]
    folder: PathBuf,

    /// The name of the cluster on this machine
    #[arg(long, default_value = "demo", hide = true)]
    bed: String,
}

/// Runs the demo with the arguments of the process.
#[must_use]
pub fn main() -> ExitCode {
    let args = Args::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let ended = runtime.context("cannot start threads").and_then(|runtime| runtime.block_on(run(&args)));
    match ended {
        Ok(Ended::Whole | Ended::Stopped) => ExitCode::SUCCESS,
        Ok(Ended::Interrupted) => ExitCode::from(130),
        Err(error) => {
            drop(writeln!(std::io::stderr(), "\nerror: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// How the demo ended.
enum Ended {
    /// The story was played.
    Whole,
    /// The story was played, stayed up, and was stopped.
    Stopped,
    /// It was stopped half-way.
    Interrupted,
}

async fn run(args: &Args) -> Result<Ended> {
    let (interrupted, mut stop) = watch::channel(false);
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            drop(writeln!(std::io::stderr(), "\nstopping: everything the demo started is taken down"));
            interrupted.send_replace(true);
            // Kept until the end: a dropped sender would look like an interruption.
            std::future::pending::<()>().await;
        }
    });
    let mut narrator = Narrator::default();
    let options = options(args);
    let mut stage = tokio::select! {
        // Cancel safe: a stage that is half set is dropped, and with it all that runs.
        stage = Stage::set(options, &narrator) => stage?,
        _ = stop.wait_for(|stop| *stop) => return Ok(Ended::Interrupted),
    };
    let played = tokio::select! {
        // Cancel safe: the story only looks and asks; what runs belongs to the stage.
        played = story::play(&mut stage, &mut narrator) => Some(played),
        _ = stop.wait_for(|stop| *stop) => None,
    };
    let ended = match played {
        None => Ended::Interrupted,
        Some(Err(error)) => {
            show_logs(&stage);
            return Err(error.context("the story does not hold"));
        }
        Some(Ok(())) if args.once => {
            narrator.say(&format!("The story holds: {} facts checked.", narrator.checks()))?;
            Ended::Whole
        }
        Some(Ok(())) => {
            by_hand(&stage, &narrator)?;
            // An error means that nobody can interrupt any more, which does not happen while the task lives.
            drop(stop.wait_for(|stop| *stop).await);
            Ended::Stopped
        }
    };
    Ok(ended)
}

fn options(args: &Args) -> StageOptions {
    let cluster = match &args.context {
        Some(context) => ClusterChoice::Context(context.clone()),
        None if args.git_only => ClusterChoice::None,
        None => ClusterChoice::Bed,
    };
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    StageOptions { folder: args.folder.clone(), examples, cluster, bed: args.bed.clone() }
}

/// How to go on by hand.
fn by_hand(stage: &Stage, narrator: &Narrator) -> Result<()> {
    narrator.chapter("The stage stays up. In another terminal:")?;
    narrator.say("")?;
    narrator.output(&format!("export PATH={}:$PATH", stage.programs().folder().display()))?;
    for (name, value) in stage.hamctl_environment() {
        // A shell keeps its own home: the login lies in the token file's place.
        let line = if name == "HOME" {
            format!("alias hamctl='HOME={value} hamctl'")
        } else {
            format!("export {name}={value}")
        };
        narrator.output(&line)?;
    }
    if let Some(cluster) = stage.cluster() {
        narrator.output(&cluster.by_hand())?;
    }
    narrator.say("")?;
    narrator.say("Three commands to try:")?;
    narrator.command("hamctl status --service web")?;
    narrator.command("hamctl describe release --service web --env staging --count 3")?;
    narrator.command("hamctl promote --service web --env prod")?;
    narrator.say("")?;
    let config = stage.repository("config")?.path().display().to_string();
    narrator.say("What happened, as Git has it:")?;
    narrator.command(&format!("git -C {config} log master"))?;
    narrator.say("")?;
    for (name, path) in stage.logs() {
        narrator.say(&format!("log of the {name}: {}", path.display()))?;
    }
    narrator.say("")?;
    narrator.say("Ctrl-C stops it and takes everything down.")
}

/// After a failure: the last words of our programs.
fn show_logs(stage: &Stage) {
    const LAST_LINES: usize = 15;
    let mut talk = std::io::stderr().lock();
    for (name, path) in stage.logs() {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        drop(writeln!(talk, "\n--- the {name}, last lines"));
        for line in &lines[lines.len().saturating_sub(LAST_LINES)..] {
            drop(writeln!(talk, "{line}"));
        }
    }
}
