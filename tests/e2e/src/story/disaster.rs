//! Chapter 7: hand edits are put back, what leaves Git leaves the cluster, and a lost cluster comes back from Git.

use anyhow::{Context, Result, ensure};

use super::truth::eventually;
use crate::{Cluster, Narrator, Stage};

pub(super) async fn chapter(stage: &mut Stage, narrator: &mut Narrator) -> Result<()> {
    narrator.chapter("7. The cluster is what Git says, whatever happens")?;
    if stage.cluster().is_none() {
        return narrator.say("No cluster on this stage; see the same story with one.");
    }
    hand_edit(cluster(stage)?, narrator).await?;
    removed_from_git(stage, narrator).await?;
    lost_cluster(stage, narrator).await
}

fn cluster(stage: &Stage) -> Result<&Cluster> {
    stage.cluster().context("the stage has no cluster")
}

async fn hand_edit(cluster: &Cluster, narrator: &mut Narrator) -> Result<()> {
    let before = cluster.objects()?;
    narrator.say("Somebody edits a Deployment by hand:")?;
    narrator.command("kubectl -n prod scale deployment/web --replicas=0")?;
    narrator.output(&cluster.kubectl(["-n", "prod", "scale", "deployment/web", "--replicas=0"])?)?;
    eventually(narrator, "it is put back", || same(&before, &cluster.objects()?)).await?;
    narrator.output(&cluster.rolled_out("prod", "deployment/web")?)?;
    narrator.checked("it was put back")
}

async fn removed_from_git(stage: &Stage, narrator: &mut Narrator) -> Result<()> {
    narrator.say("An operator removes a manifest from Git:")?;
    let path = "dev/releases/dev/web/50-service.yaml";
    narrator.command(&format!("git rm {path} && git commit -m 'web needs no Service in dev' && git push"))?;
    stage.operator()?.remove("master", &[path], "web needs no Service in dev")?;
    let cluster = cluster(stage)?;
    eventually(narrator, "the Service goes", || {
        let left =
            cluster.kubectl(["-n", "dev", "get", "service/web", "--ignore-not-found", "-o", "name"])?;
        ensure!(left.is_empty(), "{left} is still there");
        Ok(())
    })
    .await?;
    let others = cluster.kubectl(["-n", "staging", "get", "service/web", "-o", "name"])?;
    ensure!(others == "service/web", "the Service of staging went too");
    narrator.checked("the Service of dev is gone, those of staging and prod are not")
}

async fn lost_cluster(stage: &mut Stage, narrator: &mut Narrator) -> Result<()> {
    narrator.say("The whole cluster is lost, and an empty one is started:")?;
    let before = cluster(stage)?.objects()?;
    stage.cluster_mut().context("the stage has no cluster")?.throw_away(narrator)?;
    let cluster = cluster(stage)?;
    eventually(narrator, "everything comes back from Git", || same(&before, &cluster.objects()?)).await?;
    for environment in ["dev", "staging", "prod"] {
        narrator.output(&cluster.rolled_out(environment, "deployment/web")?)?;
    }
    narrator.checked(&format!(
        "all {} objects are equal to those before, and the containers are ready",
        before.len()
    ))
}

/// Whether two looks at the cluster saw the same objects; the error names those that differ.
fn same(before: &[String], now: &[String]) -> Result<()> {
    let only = |these: &[String], those: &[String]| -> Vec<String> {
        these.iter().filter(|object| !those.contains(object)).cloned().collect()
    };
    let (gone, new) = (only(before, now), only(now, before));
    ensure!(gone.is_empty() && new.is_empty(), "before: {gone:#?}\nnow: {new:#?}");
    Ok(())
}
