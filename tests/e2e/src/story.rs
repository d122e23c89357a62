//! The story, chapter by chapter. Each chapter acts as a person would, then looks at the truth.

mod auto_release;
mod build;
mod crash;
mod developer;
mod disaster;
mod promote;
mod rollout;
mod truth;

use std::time::Duration;

use anyhow::Result;

use crate::{Narrator, Stage, Workspace};

/// How long anything in the story may take before it counts as broken.
const PATIENCE: Duration = Duration::from_secs(180);

/// What the chapters hand on to each other.
#[derive(Debug)]
struct Cast {
    /// CI's checkouts, by service.
    workspaces: Vec<(&'static str, Workspace)>,
    /// The first artifact of the web service.
    first: String,
}

impl Cast {
    fn workspace(&self, service: &str) -> Result<&Workspace> {
        use anyhow::Context;
        let found = self.workspaces.iter().find(|(name, _)| *name == service);
        found.map(|(_, workspace)| workspace).with_context(|| format!("CI has no checkout of {service}"))
    }
}

/// Plays all of it on a stage that is set.
///
/// # Errors
/// When a step fails, or the truth is not what the story says.
pub async fn play(stage: &mut Stage, narrator: &mut Narrator) -> Result<()> {
    let (mut cast, builds) = build::chapter(stage, narrator).await?;
    developer::log_in(stage, narrator).await?;
    auto_release::chapter(stage, narrator, &cast, &builds).await?;
    cast.first = builds[0].id.clone();
    rollout::chapter(stage, narrator, &builds).await?;
    let before = promote::chapter(stage, narrator, &cast).await?;
    crash::chapter(stage, narrator, &cast, &before).await?;
    disaster::chapter(stage, narrator).await
}
