//! `hamctl history`: who released what, where, when, and why.

use api::{DescribedRelease, KnownRelease, ReleaseState, ReleasesResponse};
use jiff::Timestamp;

use crate::args::HistoryArgs;
use crate::error::CommandError;
use crate::output::Output;
use crate::server::Server;
use crate::table::Table;
use crate::{environments, intent, known, relative};

pub(crate) async fn show(server: &Server, args: &HistoryArgs, output: &Output) -> Result<(), CommandError> {
    let limit = usize::try_from(args.limit).unwrap_or(usize::MAX);
    let history = match server.history(args.env.as_deref(), limit).await? {
        Some(history) => history,
        None => piece_by_piece(server, args, limit).await?,
    };
    if history.releases.is_empty() {
        known::check(server, args.env.as_deref()).await?;
    }
    let room = output.terminal.data_width();
    output.answer(&history, |history| text(&server.service, history, Timestamp::now(), room))
}

/// The same from a server that tells the releases of one environment at a time.
async fn piece_by_piece(
    server: &Server,
    args: &HistoryArgs,
    limit: usize,
) -> Result<ReleasesResponse, CommandError> {
    let names = match &args.env {
        Some(env) => vec![env.clone()],
        None => environments::load(server).await?.names(),
    };
    let mut releases = Vec::new();
    for env in &names {
        let answer = server.releases(env, args.limit).await?;
        releases.extend(answer.releases.into_iter().map(|release| known_release(server, env, release)));
    }
    // Stable: of two in the same second the environment further up the way comes first.
    releases.sort_by_key(|release| std::cmp::Reverse(release.landed_at.instant()));
    releases.truncate(limit);
    Ok(ReleasesResponse { service: server.service.clone(), releases })
}

fn known_release(server: &Server, env: &str, release: DescribedRelease) -> KnownRelease {
    KnownRelease {
        id: release.id,
        service: server.service.clone(),
        environment: env.to_owned(),
        artifact_id: release.artifact.id,
        message: release.artifact.application.message,
        state: ReleaseState::Landed,
        commit: release.release_commit,
        released_by_name: release.released_by_name,
        released_by_email: release.released_by_email,
        intent: release.intent,
        landed_at: release.released_at,
        rollout: release.rollout,
        ..KnownRelease::default()
    }
}

fn text(service: &str, history: &ReleasesResponse, now: Timestamp, room: Option<usize>) -> String {
    if history.releases.is_empty() {
        return format!("No releases of service {service}\n");
    }
    let rows = || {
        history.releases.iter().map(|release| {
            let KnownRelease { released_by_name: name, released_by_email: email, .. } = release;
            [
                relative::text(release.landed_at.instant(), now),
                release.environment.clone(),
                release.artifact_id.clone(),
                if name.is_empty() { email.clone() } else { name.clone() },
                intent::text(&release.intent),
                release.message.clone(),
            ]
        })
    };
    let header = ["WHEN", "ENV", "ARTIFACT", "BY", "WHY", "MESSAGE"];
    let whole = Table { header, kept: 2, rows: rows().collect() };
    if whole.fits(room) {
        return whole.text(room);
    }
    // What was released says more than why; `describe release` has both.
    let without_why = rows().map(|[when, env, artifact, by, _, message]| [when, env, artifact, by, message]);
    let header = ["WHEN", "ENV", "ARTIFACT", "BY", "MESSAGE"];
    Table { header, kept: 2, rows: without_why.collect() }.text(room)
}
