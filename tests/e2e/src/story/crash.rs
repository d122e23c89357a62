//! Chapter 6: a version that crashes, seen with its own last words, and rolled back.

use anyhow::{Result, ensure};

use super::Cast;
use super::developer::hamctl;
use super::truth::{released, reported, runs_in_git, slack_says};
use crate::ci::Change;
use crate::stage::DEVELOPER;
use crate::{Narrator, Stage};

/// What the broken version says before it dies.
const LAST_WORDS: &str = "FATAL: cannot reach the payments database";

pub(super) async fn chapter(stage: &Stage, narrator: &mut Narrator, cast: &Cast, before: &str) -> Result<()> {
    narrator.chapter("6. A version whose container crashes goes to staging, and is rolled back")?;
    let workspace = cast.workspace("web")?;
    let edit = Some(("shuttle.yaml", "crash: false", "crash: true"));
    let change = Change { branch: "broken", message: "Use the payments database", edit };
    let build = workspace.deliver(stage, narrator, &change)?;
    hamctl(stage, narrator, &["release", "--service", "web", "--branch", "broken", "--env", "staging"])?;
    runs_in_git(stage, "staging", "web", &build.id)?;
    if stage.cluster().is_some() {
        let texts: [&dyn std::fmt::Display; 3] = [&"CrashLoopBackOff", &LAST_WORDS, &build.id];
        let said = slack_says(stage, narrator, "a pod of web crashes", &texts).await?;
        narrator.output(&said)?;
        narrator.checked("Slack has the reason and the container's last log lines")?;
        reported(stage, narrator, ("web", "staging"), &build.id, "failed").await?;
        let status = hamctl(stage, narrator, &["status", "--service", "web"])?;
        let described =
            hamctl(stage, narrator, &["describe", "release", "--service", "web", "--env", "staging"])?;
        for (name, text) in [("status", status), ("describe release", described)] {
            ensure!(text.contains("CrashLoopBackOff"), "hamctl {name} does not name the reason: {text}");
            ensure!(text.contains(LAST_WORDS), "hamctl {name} does not show the last words: {text}");
        }
        narrator.checked("hamctl status and describe release say so")?;
    }
    narrator.say("Back to what ran before:")?;
    hamctl(stage, narrator, &["rollback", "--service", "web", "--env", "staging", "--to", before, "--yes"])?;
    let title = format!("[staging/web] rollback {before} by {DEVELOPER}");
    released(stage, narrator, &title, DEVELOPER, ("Rollback-of-artifact-id", &build.id))?;
    runs_in_git(stage, "staging", "web", before)?;
    if stage.cluster().is_some() {
        reported(stage, narrator, ("web", "staging"), before, "ready").await?;
        hamctl(stage, narrator, &["status", "--service", "web"])?;
        narrator.checked("staging is ready again")?;
    }
    Ok(())
}
