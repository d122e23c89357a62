//! Chapters 1 and 2: CI renders the manifests and describes the build.

use anyhow::{Result, ensure};

use super::Cast;
use super::truth::slack_says;
use crate::cluster::ENVIRONMENTS;
use crate::stage::SERVICES;
use crate::{Build, Narrator, Stage, Workspace};

pub(super) async fn chapter(stage: &Stage, narrator: &mut Narrator) -> Result<(Cast, Vec<Build>)> {
    narrator.chapter("1. CI renders Kubernetes YAML for every environment")?;
    narrator.say(
        "Two services, web and batch, share one plan. Their shuttle.yaml says what is particular to each.",
    )?;
    let mut workspaces = Vec::new();
    let mut builds = Vec::new();
    for service in SERVICES {
        let workspace = Workspace::clone_from(stage, service)?;
        builds.push(workspace.render(stage, narrator, "master")?);
        let first = workspace.rendered(ENVIRONMENTS[0])?;
        for environment in ENVIRONMENTS {
            ensure!(
                workspace.rendered(environment)? == first,
                "{service}: {environment} has other files than dev"
            );
        }
        narrator.checked(&format!("{service}: {} for dev, staging and prod", first.join(", ")))?;
        workspaces.push((service, workspace));
    }
    narrator.chapter("2. CI describes the build: who, what, from where")?;
    for ((service, workspace), build) in workspaces.iter().zip(&builds) {
        workspace.describe(stage, narrator, build)?;
        narrator.checked(&format!("{service}: artifact.json describes {}", build.id))?;
    }
    let said = slack_says(stage, narrator, "web is being built", &[&"Build for", &"12"]).await?;
    narrator.output(&said)?;
    narrator.checked("the author sees the build in Slack, one message that grows")?;
    Ok((Cast { workspaces, first: String::new() }, builds))
}
