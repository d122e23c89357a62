//! Chapter 3: a policy releases every new artifact of master to dev.

use anyhow::Result;

use super::Cast;
use super::developer::hamctl;
use super::truth::{commit, eventually, released, runs_in_git};
use crate::ci::AUTHOR;
use crate::stage::SERVICES;
use crate::{Build, Narrator, Stage};

pub(super) async fn chapter(
    stage: &Stage,
    narrator: &mut Narrator,
    cast: &Cast,
    builds: &[Build],
) -> Result<()> {
    narrator.chapter("3. The artifact is uploaded, and a policy releases it to dev")?;
    narrator.say("Once for each service, the team says: what comes from master goes to dev by itself.")?;
    for service in SERVICES {
        let args =
            ["policy", "apply", "auto-release", "--service", service, "--branch", "master", "--env", "dev"];
        hamctl(stage, narrator, &args)?;
    }
    commit(stage, "[web] policy update: apply auto-release in 'dev'")?;
    narrator.checked("the policies are commits in the config repository")?;
    for (service, build) in SERVICES.iter().zip(builds) {
        cast.workspace(service)?.push(stage, narrator)?;
        let author = AUTHOR.1;
        let title = format!("[dev/{service}] auto release {} by {author}", build.id);
        eventually(narrator, &format!("{service} is released to dev"), || commit(stage, &title)).await?;
        released(stage, narrator, &title, author, ("Release-intent", "AutoRelease"))?;
        runs_in_git(stage, "dev", service, &build.id)?;
    }
    Ok(())
}
