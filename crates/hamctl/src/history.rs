//! `hamctl history`: who released what, where, when, and why.

use api::DescribedRelease;
use artifact::WireTime;
use jiff::Timestamp;
use serde::Serialize;

use crate::args::HistoryArgs;
use crate::error::CommandError;
use crate::output::Output;
use crate::server::Server;
use crate::table::Table;
use crate::{environments, intent, known, relative};

/// The answer for programs, newest first.
#[derive(Debug, Serialize)]
struct History {
    service: String,
    releases: Vec<Entry>,
}

/// One release.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    released_at: WireTime,
    environment: String,
    artifact_id: String,
    released_by_name: String,
    released_by_email: String,
    /// Why, in words.
    intent: String,
    /// What was released, as its commit says.
    message: String,
    /// The commit in the config repository; an older server does not say it.
    #[serde(skip_serializing_if = "String::is_empty")]
    release_commit: String,
}

pub(crate) async fn show(server: &Server, args: &HistoryArgs, output: &Output) -> Result<(), CommandError> {
    let names = match &args.env {
        Some(env) => vec![env.clone()],
        None => environments::load(server).await?.names(),
    };
    let mut releases = Vec::new();
    for env in &names {
        let answer = server.releases(env, args.limit).await?;
        releases.extend(answer.releases.into_iter().map(|release| entry(env, release)));
    }
    if releases.is_empty() {
        known::check(server, args.env.as_deref()).await?;
    }
    // Stable: of two in the same second the environment further up the way comes first, as it was.
    releases.sort_by_key(|entry| std::cmp::Reverse(entry.released_at.instant()));
    releases.truncate(usize::try_from(args.limit).unwrap_or(usize::MAX));
    let room = output.terminal.data_width();
    let history = History { service: server.service.clone(), releases };
    output.answer(&history, |history| text(history, Timestamp::now(), room))
}

fn entry(env: &str, release: DescribedRelease) -> Entry {
    Entry {
        released_at: release.released_at,
        environment: env.to_owned(),
        intent: intent::text(&release.intent),
        artifact_id: release.artifact.id,
        released_by_name: release.released_by_name,
        released_by_email: release.released_by_email,
        message: release.artifact.application.message,
        release_commit: release.release_commit,
    }
}

fn text(history: &History, now: Timestamp, room: Option<usize>) -> String {
    if history.releases.is_empty() {
        return format!("No releases of service {}\n", history.service);
    }
    let rows = history.releases.iter().map(|entry| {
        let by = if entry.released_by_name.is_empty() {
            &entry.released_by_email
        } else {
            &entry.released_by_name
        };
        [
            relative::text(entry.released_at.instant(), now),
            entry.environment.clone(),
            entry.artifact_id.clone(),
            by.clone(),
            entry.intent.clone(),
            entry.message.clone(),
        ]
    });
    Table { header: ["WHEN", "ENV", "ARTIFACT", "BY", "WHY", "MESSAGE"], rows: rows.collect() }.text(room)
}
