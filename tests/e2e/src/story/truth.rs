//! Looking at what really is: commits, status, and how long it may take until it is so.

use std::fmt::Display;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use testkit::git::Commit;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::{PATIENCE, developer};
use crate::{Narrator, Stage};

/// How often a fact is looked at that nothing announces.
const TICK: Duration = Duration::from_millis(500);

/// Waits until `probe` says so, telling what for; an error is what was seen instead.
pub(super) async fn eventually<T>(
    narrator: &Narrator,
    what: &str,
    mut probe: impl FnMut() -> Result<T>,
) -> Result<T> {
    let deadline = Instant::now() + PATIENCE;
    let look = async {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            match probe() {
                Ok(value) => return Ok(value),
                Err(seen) if Instant::now() > deadline => {
                    return Err(seen).with_context(|| format!("{what}: not within {} s", PATIENCE.as_secs()));
                }
                Err(_) => {}
            }
        }
    };
    narrator.wait(what, look).await
}

/// The newest commit of the config repository with this title.
pub(super) fn commit(stage: &Stage, title: &str) -> Result<Commit> {
    let commits = stage.repository("config")?.log("master")?;
    let mut found = commits.into_iter().filter(|commit| commit.subject() == title);
    found.next().with_context(|| format!("no commit `{title}` in the config repository"))
}

/// Checks that a release is in Git: exactly one commit with this title, by whom, with this trailer; and the file.
pub(super) fn released(
    stage: &Stage,
    narrator: &mut Narrator,
    title: &str,
    author: &str,
    trailer: (&str, &str),
) -> Result<()> {
    let config = stage.repository("config")?;
    let commits = config.log("master")?;
    let matching: Vec<&Commit> = commits.iter().filter(|commit| commit.subject() == title).collect();
    let [commit] = matching[..] else {
        bail!("{} commits `{title}` in the config repository, not one", matching.len());
    };
    ensure!(commit.author_email == author, "`{title}` is by {}, not by {author}", commit.author_email);
    let (name, value) = trailer;
    ensure!(commit.trailer(name) == Some(value), "`{title}` says {name}: {:?}", commit.trailer(name));
    narrator.output(&commit.message)?;
    narrator.checked(&format!("one commit in Git, by {author}"))
}

/// Checks what an environment's folder in Git holds.
pub(super) fn runs_in_git(stage: &Stage, environment: &str, service: &str, artifact: &str) -> Result<()> {
    let path = format!("{environment}/releases/{environment}/{service}/artifact.json");
    let text = stage.repository("config")?.file("master", &path)?;
    let spec: serde_json::Value =
        serde_json::from_str(&text).with_context(|| format!("{path} is no JSON"))?;
    ensure!(spec["id"] == artifact, "{path} says {}, not {artifact}", spec["id"]);
    Ok(())
}

/// Waits until the daemon's report of this artifact has come round to `hamctl status`.
pub(super) async fn reported(
    stage: &Stage,
    narrator: &Narrator,
    (service, environment): (&str, &str),
    artifact: &str,
    state: &str,
) -> Result<()> {
    eventually(narrator, &format!("{service} is reported {state} in {environment}"), || {
        let seen = developer::status(stage, service, environment)?;
        let rollout = &seen["rollout"];
        ensure!(rollout["artifactId"] == artifact && rollout["state"] == state, "status says {seen}");
        Ok(())
    })
    .await
}

/// Waits for a Slack message that says all of these.
pub(super) async fn slack_says(
    stage: &Stage,
    narrator: &Narrator,
    what: &str,
    texts: &[&dyn Display],
) -> Result<String> {
    let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
    let message =
        stage.slack().wait_for(what, PATIENCE, |message| texts.iter().all(|text| message.says(text)));
    let message = narrator.wait(&format!("Slack hears: {what}"), async { Ok(message.await?) }).await?;
    let mut lines = vec![format!("{}: {}", message.to, message.attachment("title"))];
    lines.extend(message.attachment("text").lines().map(str::to_owned));
    let fields = message.attachments.first().and_then(|attachment| attachment["fields"].as_array());
    for field in fields.into_iter().flatten() {
        let text = |name: &str| field[name].as_str().unwrap_or_default().to_owned();
        lines.extend([text("title"), text("value")]);
    }
    Ok(lines.join("\n"))
}
