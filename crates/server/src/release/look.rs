//! What became of releases: of one, and of a service.

use std::cmp::Reverse;

use api::{IntentBody, KnownRelease, ReleaseState};
use artifact::{EnvName, ReleaseId, ServiceName, WireTime};
use config_repo::{Landed, ReadError};
use jiff::Timestamp;
use policy::Release;
use queue::{Item, State};

use super::{RELEASE, ReleaseItem};
use crate::app::{App, Parts};
use crate::http::Failure;

/// Looks into the repository first, then into the queue, then at what has happened lately; `None` for an id that is
/// nowhere: it was never accepted, or it is long since that it was refused or had nothing to do.
pub(crate) async fn look(app: &App, id: ReleaseId) -> Result<Option<KnownRelease>, Failure> {
    if let Some(landed) = app.reader.landed(id)? {
        return Ok(Some(with_rollout(app, &landed)));
    }
    let items = app.queue.items().await?;
    let waiting = items.into_iter().filter(|item| item.kind == RELEASE).find_map(|item| {
        let release = ReleaseItem::read(&item.payload).ok().filter(|release| release.id == id)?;
        Some(of_item(&release, item))
    });
    // It may have landed between the two looks.
    Ok(match waiting {
        Some(waiting) => Some(waiting),
        None => match app.reader.landed(id)? {
            Some(landed) => Some(with_rollout(app, &landed)),
            None => app.news.ended(&id.to_string()),
        },
    })
}

/// The releases of a service, newest first, at most so many: to one environment, or to all it ever had.
pub(crate) fn history(
    app: &Parts,
    service: &ServiceName,
    environment: Option<&EnvName>,
    limit: usize,
) -> Result<Vec<KnownRelease>, ReadError> {
    let environments: Vec<EnvName> = match environment {
        Some(environment) => vec![environment.clone()],
        None => environments_of(app, service)?,
    };
    let mut landed = Vec::new();
    app.reader.tip()?;
    for environment in &environments {
        let releases = match app.reader.releases(environment, service, limit) {
            // The others go on; whoever asks for this environment alone hears why.
            Err(error) if environments.len() > 1 && error.is_of_one_place() => continue,
            releases => releases?,
        };
        landed.extend(releases.into_iter().enumerate().map(|(at, landed)| (at == 0, landed)));
    }
    // Commits know whole seconds; within one, releases are told apart by their ids, which grow with time.
    landed.sort_by_key(|(_, landed)| Reverse((landed.at.timestamp(), landed.record.release_id)));
    landed.truncate(limit);
    Ok(landed
        .into_iter()
        .map(|(newest, landed)| {
            let known = if newest { with_rollout(app, &landed) } else { of_landed(&landed) };
            KnownRelease { message: message(app, &landed), ..known }
        })
        .collect())
}

/// The message of the commit that the released artifact was built from. An artifact that cannot be read has none: that
/// is no reason to keep a history back.
fn message(app: &Parts, landed: &Landed) -> String {
    let bytes = app.reader.spec_bytes(landed).ok().flatten();
    let spec = bytes.and_then(|bytes| artifact::decode_leniently(&bytes).ok());
    spec.map(|spec| spec.application.message).unwrap_or_default()
}

fn environments_of(app: &Parts, service: &ServiceName) -> Result<Vec<EnvName>, ReadError> {
    let service = service.as_str().to_lowercase();
    let all = app.reader.services()?;
    Ok(all.into_iter().filter(|(_, name)| *name == service).filter_map(|(env, _)| env.parse().ok()).collect())
}

/// A release as the wire names it.
pub(crate) fn of_release(release: &Release, state: ReleaseState) -> KnownRelease {
    KnownRelease {
        id: release.id.to_string(),
        service: release.service.to_string(),
        environment: release.environment.to_string(),
        artifact_id: release.artifact.to_string(),
        state,
        released_by_name: release.actor.name().to_owned(),
        released_by_email: release.actor.email().to_owned(),
        intent: IntentBody::from(&release.intent),
        ..KnownRelease::default()
    }
}

/// A release that is in the repository.
pub(crate) fn of_landed(landed: &Landed) -> KnownRelease {
    let record = &landed.record;
    KnownRelease {
        id: record.release_id.map(|id| id.to_string()).unwrap_or_default(),
        service: record.service.clone(),
        environment: record.environment.clone(),
        artifact_id: record.artifact.clone(),
        state: ReleaseState::Landed,
        commit: landed.commit.to_string(),
        released_by_name: record.released_by.name().to_owned(),
        released_by_email: record.released_by.email().to_owned(),
        intent: IntentBody::from(&record.intent),
        landed_at: WireTime::with_offset(landed.at.timestamp(), landed.at.offset().seconds()),
        ..KnownRelease::default()
    }
}

fn of_item(release: &Release, item: Item) -> KnownRelease {
    let dead = item.state == State::Dead;
    KnownRelease {
        hint: if dead {
            format!("see to the reason, then: POST /queue/{}/retry", item.id.number())
        } else {
            String::new()
        },
        reason: item.reason,
        accepted_at: Timestamp::try_from(item.accepted).map(WireTime::utc).unwrap_or_default(),
        attempts: item.attempts,
        queue_item: item.id.number(),
        ..of_release(release, if dead { ReleaseState::Dead } else { ReleaseState::Pending })
    }
}

/// With what the cluster made of it, if it is what runs there.
fn with_rollout(app: &Parts, landed: &Landed) -> KnownRelease {
    KnownRelease { rollout: app.rollout_of(landed), ..of_landed(landed) }
}
