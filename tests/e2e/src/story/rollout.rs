//! Chapter 4: the controller applies dev, the daemon reports what came of it.

use anyhow::Result;

use super::developer::hamctl;
use super::truth::{eventually, reported, slack_says};
use crate::stage::SERVICES;
use crate::{Build, Narrator, Stage};

pub(super) async fn chapter(stage: &Stage, narrator: &mut Narrator, builds: &[Build]) -> Result<()> {
    narrator.chapter("4. The controller of dev applies the commit; containers start")?;
    let Some(cluster) = stage.cluster() else {
        return narrator.say("No cluster on this stage: what a controller would read is in Git.");
    };
    narrator.say("It may read the config repository and nothing else. Nobody ran kubectl.")?;
    for workload in ["deployment/web", "statefulset/batch"] {
        eventually(narrator, &format!("{workload} is there"), || {
            cluster.kubectl(["-n", "dev", "get", workload])
        })
        .await?;
        narrator.command(&format!("kubectl -n dev rollout status {workload}"))?;
        narrator.output(&cluster.rolled_out("dev", workload)?)?;
    }
    narrator.checked("the containers of dev are ready")?;
    for (service, build) in SERVICES.iter().zip(builds) {
        reported(stage, narrator, (service, "dev"), &build.id, "ready").await?;
        hamctl(stage, narrator, &["status", "--service", service])?;
    }
    let said = slack_says(stage, narrator, "web is deployed", &[&"web deployed", &builds[0].id]).await?;
    narrator.output(&said)?;
    narrator.checked("the daemon reported it: status and Slack say so")
}
