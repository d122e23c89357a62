//! Chapter 5: promotion from environment to environment, and a hotfix past them.

use anyhow::{Result, ensure};

use super::Cast;
use super::developer::{hamctl, hamctl_refuses};
use super::truth::{eventually, released, reported, runs_in_git};
use crate::ci::Change;
use crate::stage::DEVELOPER;
use crate::{Narrator, Stage};

/// Returns the artifact that runs in staging at the end.
pub(super) async fn chapter(stage: &Stage, narrator: &mut Narrator, cast: &Cast) -> Result<String> {
    narrator.chapter("5. Promote to staging, then to prod; release a hotfix branch")?;
    for (from, to) in [("dev", "staging"), ("staging", "prod")] {
        hamctl(stage, narrator, &["promote", "--service", "web", "--env", to])?;
        let title = format!("[{to}/web] release {} by {DEVELOPER}", cast.first);
        released(stage, narrator, &title, DEVELOPER, ("Promoted-from-environment", from))?;
        runs_in_git(stage, to, "web", &cast.first)?;
        runs(stage, narrator, to, &cast.first).await?;
    }
    narrator.say(
        "What an environment runs already is not released again, and a place nobody knows is refused:",
    )?;
    let again = hamctl(stage, narrator, &["promote", "--service", "web", "--env", "prod"])?;
    ensure!(again.contains("already up-to-date"), "a second promotion said: {again}");
    let refused = hamctl_refuses(stage, narrator, &["promote", "--service", "web", "--env", "pord"])?;
    ensure!(refused.contains("pord"), "the refusal does not name the environment: {refused}");
    narrator.checked("no commit was made for either")?;

    let workspace = cast.workspace("web")?;
    let edit = Some(("shuttle.yaml", "greeting: hello", "greeting: hotfix"));
    let change = Change { branch: "hotfix", message: "Fix the greeting", edit };
    let build = workspace.deliver(stage, narrator, &change)?;
    hamctl(stage, narrator, &["release", "--service", "web", "--branch", "hotfix", "--env", "staging"])?;
    let title = format!("[staging/web] release {} by {DEVELOPER}", build.id);
    released(stage, narrator, &title, DEVELOPER, ("Release-of-branch", "hotfix"))?;
    runs_in_git(stage, "staging", "web", &build.id)?;
    runs(stage, narrator, "staging", &build.id).await?;
    Ok(build.id)
}

/// Waits until the web service runs this artifact in an environment, and the daemon has said so.
async fn runs(stage: &Stage, narrator: &mut Narrator, environment: &str, artifact: &str) -> Result<()> {
    let Some(cluster) = stage.cluster() else { return Ok(()) };
    reported(stage, narrator, ("web", environment), artifact, "ready").await?;
    eventually(narrator, "the cluster says the same", || {
        let path = r"-o=jsonpath={.metadata.annotations.lunarway\.com/artifact-id}";
        let seen = cluster.kubectl(["-n", environment, "get", "deployment/web", path])?;
        ensure!(seen == artifact, "{environment} runs {seen}");
        cluster.rolled_out(environment, "deployment/web")
    })
    .await?;
    narrator.checked(&format!("{environment} runs {artifact}, ready"))
}
