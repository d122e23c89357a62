//! From a decision to the message that records it.

use std::fmt::Write as _;

use artifact::{Intent, Person};
use policy::{PolicyChange, PolicyChangeKind, Release};

use super::RELEASE_ID;

/// The message of a release.
pub(crate) fn release(release: &Release, created_by: &Person) -> String {
    let kind = match release.intent {
        Intent::ReleaseArtifact | Intent::ReleaseBranch { .. } | Intent::Promote { .. } => "release",
        Intent::Rollback { .. } => "rollback",
        Intent::AutoRelease => "auto release",
    };
    let (service, environment, artifact, actor) =
        (&release.service, &release.environment, &release.artifact, &release.actor);
    let title = format!("[{environment}/{service}] {kind} {artifact} by {}", actor.email());
    let mut text = format!(
        "{}\n\nService: {service}\nEnvironment: {environment}\nArtifact-ID: {artifact}\n\
         Artifact-released-by: {actor}\nArtifact-created-by: {created_by}\nRelease-intent: {}\n",
        title.trim_end(),
        release.intent.type_name(),
    );
    match &release.intent {
        Intent::ReleaseBranch { branch } => line(&mut text, "Release-of-branch", branch),
        Intent::Promote { from } => line(&mut text, "Promoted-from-environment", from),
        Intent::Rollback { previous } => line(&mut text, "Rollback-of-artifact-id", previous),
        Intent::ReleaseArtifact | Intent::AutoRelease => {}
    }
    line(&mut text, RELEASE_ID, release.id);
    text
}

/// The message of a change of policies: the original's title, and what it left out: who, and which policies.
pub(crate) fn policy(change: &PolicyChange, ids: &[String]) -> String {
    let service = &change.service;
    let what = match &change.kind {
        PolicyChangeKind::ApplyAutoRelease { environment, .. } => {
            format!("apply auto-release in '{environment}'")
        }
        PolicyChangeKind::ApplyBranchRestriction { environment, .. } => {
            format!("apply branch-restriction in '{environment}'")
        }
        PolicyChangeKind::Delete { .. } => "delete policies".to_owned(),
    };
    let mut text = format!("[{service}] policy update: {what}\n\nService: {service}\n");
    for id in ids {
        line(&mut text, "Policy-ID", id.replace(char::is_control, " "));
    }
    line(&mut text, "Policy-changed-by", &change.actor);
    text
}

fn line(text: &mut String, name: &str, value: impl std::fmt::Display) {
    writeln!(text, "{name}: {value}").expect("a string takes any text");
}
