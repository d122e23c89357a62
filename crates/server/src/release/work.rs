//! Takes releases out of the queue and brings each to its end.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use api::{Event, KnownRelease, ReleaseState};
use artifact_store::{Artifact, StoreError};
use config_repo::ReleaseRequest;
use explain::{Explain, Kind, Report};
use policy::Release;
use queue::{QueueError, Taken};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, info, info_span, warn};

use super::look::of_release;
use super::settle::{Ending, Fate};
use super::{RELEASE, ReleaseItem, manifests};
use crate::app::App;
use crate::asked::Asked;
use crate::metrics::{Outcome, ReleaseLabels};
use crate::notify::{Failed, Landed};

/// Releases under way at once. Each holds its manifests, some tens of kilobytes; the writer pushes as many together as
/// wait, so more would not be faster.
const AT_ONCE: usize = 256;

/// Works until it is told to stop, then ends what is under way.
pub(crate) async fn work(app: App, stop: CancellationToken) -> Result<(), QueueError> {
    let mut under_way = JoinSet::new();
    loop {
        while under_way.len() >= AT_ONCE {
            under_way.join_next().await;
        }
        let room = AT_ONCE - under_way.len();
        tokio::select! {
            // Cancel safe: items that are not received go back to the queue.
            taken = app.queue.take(RELEASE, room) => {
                for taken in taken? {
                    let asked = Asked::of(&taken.item().payload);
                    asked.waited(taken.item().accepted);
                    let span = info_span!(
                        "release",
                        item = taken.item().id.number(),
                        request_id = asked.request_id()
                    );
                    let (app, stop) = (app.clone(), stop.clone());
                    under_way.spawn(asked.work(span, async move {
                        tokio::select! {
                            // Cancel safe: a release that is not begun goes back to the queue.
                            () = app.space.there() => one(app.clone(), taken).await,
                            () = stop.cancelled() => {}
                        }
                    }));
                }
            }
            // Cancel safe: a finished task stays in the set until it is joined.
            Some(_) = under_way.join_next() => {}
            () = stop.cancelled() => break,
        }
    }
    while under_way.join_next().await.is_some() {}
    Ok(())
}

/// One item, whatever happens to it.
async fn one(app: App, taken: Taken) {
    let item = taken.item();
    let release = match ReleaseItem::read(&item.payload) {
        Ok(release) => release,
        Err(error) => {
            let reason = explain::chain(&error).join(": ");
            return settled(taken.give_up(reason, Vec::new()).await.map(drop));
        }
    };
    if item.attempts == 0 {
        app.news.tell(Event::Release(of_release(&release, ReleaseState::Pending).into()));
    }
    let began = Instant::now();
    let artifact = match app.waiting.artifact(release.id) {
        Some(artifact) => Ok(artifact),
        None => app.store.artifact(&release.service, &release.artifact).await.map(Arc::new),
    };
    let ending = match &artifact {
        Ok(artifact) => write(&app, &release, artifact).await,
        Err(error) => unread(error),
    };
    let outcome = if ending.fate() == Fate::Finish { Outcome::Success } else { Outcome::Error };
    app.metrics.tried(outcome, began.elapsed());
    end(&app, taken, &release, artifact.ok().as_deref(), ending).await;
}

fn unread(error: &StoreError) -> Ending {
    match error.kind() {
        Kind::Unavailable | Kind::Internal => Ending::Pending { reason: explain::chain(error).join(": ") },
        Kind::Usage
        | Kind::Unauthenticated
        | Kind::Denied
        | Kind::NotFound
        | Kind::Conflict
        | Kind::Invalid
        | Kind::Failed => Ending::Failed(Report::new(error)),
    }
}

async fn write(app: &App, release: &Release, artifact: &Artifact) -> Ending {
    match manifests(artifact, &release.environment) {
        Ok(manifests) => Ending::of(
            app.writer
                .release(ReleaseRequest { release: release.clone(), manifests })
                .instrument(info_span!("write"))
                .await,
        ),
        Err(report) => Ending::Failed(report),
    }
}

/// Tells the caller, then the queue.
async fn end(app: &App, taken: Taken, release: &Release, artifact: Option<&Artifact>, ending: Ending) {
    let Release { id, service, environment, .. } = release;
    let reason = ending.reason();
    let fate = ending.fate();
    let landed = match &ending {
        Ending::Landed { commit } => Some(commit.clone()),
        Ending::AlreadyThere | Ending::Denied(_) | Ending::Pending { .. } | Ending::Failed(_) => None,
    };
    let accepted = taken.item().accepted;
    let is_told = ReleaseItem::is_told(&taken.item().payload);
    let end = ending.state();
    let heard = app.waiting.answer(*id, ending);
    if let Some(state) =
        end.map(|state| if heard || fate == Fate::Finish { state } else { ReleaseState::Dead })
    {
        let known = KnownRelease { reason: reason.clone(), ..of_release(release, state) };
        app.news.tell(Event::Release(known.into()));
    }
    let done = match fate {
        Fate::Finish => {
            let mut notices = Vec::new();
            if let (Some(artifact), Some(commit)) = (artifact, landed) {
                let spec = artifact.spec();
                let labels = ReleaseLabels {
                    environment: environment.to_string(),
                    service: service.to_string(),
                    intent: release.intent.type_name(),
                    squad: spec.squad.clone(),
                };
                let since = SystemTime::now().duration_since(accepted).unwrap_or_default();
                app.metrics.landed(&labels, since);
                app.notifier.log_release(release, spec);
                notices = app.outbox.released(release, spec, is_told, accepted);
                notices.extend(app.notifier.after_release(Landed { release, spec, commit: &commit }));
                // The host answers again, so what waited for it need not wait longer.
                app.queue.wake(RELEASE);
            }
            taken.finish(notices).await.map(drop)
        }
        Fate::Later => {
            app.metrics.retried();
            // A look finds out at once whether the Git host is away, for who asks why this waits.
            app.refresh.notify_one();
            warn!(%service, env = %environment, %id, reason, "a release waits: it will be tried again");
            taken.retry_later(reason).await
        }
        Fate::TellOrKeep if heard => {
            info!(%service, env = %environment, %id, reason, "a release was refused");
            taken.finish(Vec::new()).await.map(drop)
        }
        Fate::TellOrKeep => {
            warn!(%service, env = %environment, %id, reason, "an accepted release cannot be done; it is kept as dead");
            let spec = artifact.map(Artifact::spec);
            let notices = app.notifier.release_given_up(Failed { release, spec, reason: &reason });
            taken.give_up(reason, notices).await.map(drop)
        }
    };
    settled(done);
}

/// A queue that has stopped ends the program elsewhere; the item comes again.
fn settled(done: Result<(), QueueError>) {
    if let Err(error) = done {
        warn!(%error, "what became of a release is not in the queue; it will be done again, which changes nothing");
    }
}
