//! `hamctl describe`.

use api::{DescribeArtifactsResponse, DescribeReleaseResponse, DescribedRelease};

use crate::args::{DescribeArtifactArgs, DescribeReleaseArgs};
use crate::error::CommandError;
use crate::fitted::fitted;
use crate::output::Output;
use crate::server::Server;
use crate::{intent, known, rollout, template};

pub(crate) async fn releases(
    server: &Server,
    args: &DescribeReleaseArgs,
    output: &Output,
) -> Result<(), CommandError> {
    let template = args.template.as_deref().map(template::parse).transpose()?;
    let (env, service) = (args.env.as_str(), server.service.as_str());
    let answer = server.releases(env, args.count).await?;
    if answer.releases.is_empty() {
        known::check(server, Some(env)).await?;
    }
    match template {
        Some(template) => {
            let text = template::render(&template, &template::releases(service, env, &answer))?;
            output.terminal.data_exact(&text);
            Ok(())
        }
        None => output.answer(&answer, |answer| releases_text(service, env, answer)),
    }
}

pub(crate) async fn artifacts(
    server: &Server,
    args: &DescribeArtifactArgs,
    output: &Output,
) -> Result<(), CommandError> {
    let template = args.template.as_deref().map(template::parse).transpose()?;
    let answer = server.artifacts(args.count, args.branch.as_deref()).await?;
    if answer.artifacts.is_empty() {
        known::check(server, None).await?;
    }
    match template {
        Some(template) => {
            let text = template::render(&template, &template::artifacts(&server.service, &answer))?;
            output.terminal.data_exact(&text);
            Ok(())
        }
        None => {
            let room = output.terminal.data_width();
            output.answer(&answer, |answer| artifacts_text(&server.service, answer, room))
        }
    }
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

fn artifacts_text(service: &str, answer: &DescribeArtifactsResponse, room: Option<usize>) -> String {
    let mut text = format!("Latest artifacts for service: {service}\n\n");
    text.push_str(&columns("Date", "Artifact", "Message"));
    for artifact in &answer.artifacts {
        let date = artifact.ci.end.date_and_time();
        let row = columns(&date, &artifact.id, &artifact.application.message);
        text.push_str(&fitted(&row, room));
    }
    text
}

fn columns(date: &str, artifact: &str, message: &str) -> String {
    format!("{date:<21}{artifact:<30}{message}\n")
}
