//! `hamctl describe`.

use api::{DescribeArtifactsResponse, DescribeReleaseResponse, DescribedRelease};

use crate::error::CommandError;
use crate::output::Output;
use crate::server::Server;
use crate::{intent, rollout};

pub(crate) async fn releases(
    server: &Server,
    env: &str,
    count: u32,
    output: &Output,
) -> Result<(), CommandError> {
    let answer = server.releases(env, count).await?;
    output.answer(&answer, |answer| releases_text(&server.service, env, answer))
}

pub(crate) async fn artifacts(
    server: &Server,
    count: u32,
    branch: Option<&str>,
    output: &Output,
) -> Result<(), CommandError> {
    let answer = server.artifacts(count, branch).await?;
    output.answer(&answer, |answer| artifacts_text(&server.service, answer))
}

fn releases_text(service: &str, env: &str, answer: &DescribeReleaseResponse) -> String {
    let mut text = format!("Service: {service}\nEnvironment: {env}\n\n");
    for release in &answer.releases {
        text.push_str(&details(release).join("\n"));
        text.push_str("\n\n");
    }
    text
}

/// The lines about one release.
pub(crate) fn details(release: &DescribedRelease) -> Vec<String> {
    let artifact = &release.artifact;
    let application = &artifact.application;
    let mut lines = vec![format!(" - Artifact: {}", artifact.id)];
    if !artifact.namespace.is_empty() {
        lines.push(format!("   Namespace:  {}", artifact.namespace));
    }
    lines.extend([
        format!("   Artifact from: {}", artifact.ci.end.date_and_time()),
        format!("   Artifact by: {} ({})", application.committer_name, application.committer_email),
        format!("   Released at: {}", release.released_at.date_and_time()),
        format!("   Released by: {} ({})", release.released_by_name, release.released_by_email),
        format!("   Commit: {}", application.url),
        format!("   Message: {}", application.message),
        format!("   Intent: {}", intent::text(&release.intent)),
    ]);
    let rollout = release.rollout.iter().flat_map(|rollout| rollout::lines(rollout, &artifact.id));
    lines.extend(rollout.enumerate().map(|(index, line)| {
        if index == 0 { format!("   Rollout: {line}") } else { format!("            {line}") }
    }));
    lines
}

fn artifacts_text(service: &str, answer: &DescribeArtifactsResponse) -> String {
    let mut text = format!("Latest artifacts for service: {service}\n\n");
    text.push_str(&columns("Date", "Artifact", "Message"));
    for artifact in &answer.artifacts {
        let date = artifact.ci.end.date_and_time();
        text.push_str(&columns(&date, &artifact.id, &artifact.application.message));
    }
    text
}

fn columns(date: &str, artifact: &str, message: &str) -> String {
    format!("{date:<21}{artifact:<30}{message}\n")
}
