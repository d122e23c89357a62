//! The developer at her terminal.

use anyhow::{Context, Result, bail, ensure};
use process::Output;
use serde_json::Value;

use crate::ci::shown;
use crate::stage::DEVELOPER;
use crate::{Narrator, Stage};

/// Logs in with the device flow, as on any machine with or without a browser.
pub(super) async fn log_in(stage: &Stage, narrator: &mut Narrator) -> Result<()> {
    narrator.chapter("A developer logs in")?;
    narrator.command("hamctl login")?;
    let code = stage.log_in().await?;
    narrator.say(&format!("She opens the page, enters {code} and is {DEVELOPER} from now on."))?;
    narrator.checked("her token is stored, readable by her alone")?;
    Ok(())
}

/// Runs hamctl, shows the command and what it printed; it has to succeed.
pub(super) fn hamctl(stage: &Stage, narrator: &Narrator, args: &[&str]) -> Result<String> {
    let output = shown_run(stage, narrator, args)?;
    let text = output.stdout_text();
    ensure!(output.succeeded(), "{} failed: {text} {}", shown("hamctl", args), output.stderr_text());
    Ok(text)
}

/// Runs hamctl where it has to refuse; returns what it said.
pub(super) fn hamctl_refuses(stage: &Stage, narrator: &Narrator, args: &[&str]) -> Result<String> {
    let output = shown_run(stage, narrator, args)?;
    ensure!(!output.succeeded(), "{} succeeded and should not have", shown("hamctl", args));
    Ok(output.stderr_text())
}

fn shown_run(stage: &Stage, narrator: &Narrator, args: &[&str]) -> Result<Output> {
    narrator.command(&shown("hamctl", args))?;
    let output = stage.hamctl(args).run()?;
    narrator.output(&output.stdout_text())?;
    narrator.output(&output.stderr_text())?;
    Ok(output)
}

/// What the release manager says of one environment, as data.
pub(super) fn status(stage: &Stage, service: &str, environment: &str) -> Result<Value> {
    let args = ["status", "--service", service, "--output", "json"];
    let output = stage.hamctl(&args).run()?;
    if !output.succeeded() {
        bail!("hamctl status failed: {}", output.stderr_text());
    }
    let status: Value = serde_json::from_slice(&output.stdout).context("hamctl status printed no JSON")?;
    let environments = status["environments"].as_array().cloned().unwrap_or_default();
    Ok(environments.into_iter().find(|item| item["name"] == environment).unwrap_or(Value::Null))
}
