//! Takes reports out of the queue and tells of those that say anything new.

use api::{Event, RolloutEvent};
use explain::Report as Explained;
use jiff::Timestamp;
use queue::{QueueError, Taken};

use super::ReportItem;
use super::about::about;
use crate::app::App;
use crate::asked::Asked;
use crate::rollouts::{Place, Source};

/// One report, for the request that brought it.
pub(crate) async fn work(app: App, taken: Taken) -> Result<(), QueueError> {
    let asked = Asked::of(&taken.item().payload);
    asked.waited(taken.item().accepted);
    let span =
        tracing::info_span!("report", item = taken.item().id.number(), request_id = asked.request_id());
    asked.work(span, one(app, taken)).await
}

async fn one(app: App, taken: Taken) -> Result<(), QueueError> {
    let item: ReportItem = match serde_json::from_slice(&taken.item().payload) {
        Ok(item) => item,
        Err(error) => {
            return taken.give_up(format!("it cannot be read: {error}"), Vec::new()).await.map(drop);
        }
    };
    let (place, since, expected) = app.place_of(&item.report);
    if place.service.is_empty() {
        // Another server may have released it: then the repository says more than we know.
        app.refresh.notify_one();
    }
    let at = Timestamp::try_from(taken.item().accepted).unwrap_or_default();
    let source = Source { id: item.id, at };
    let news = match app.rollouts.take_in(&item.report, (&place, since, expected), source) {
        Ok(news) => news,
        Err(error) => {
            let reason = Explained::new(&error).line();
            tracing::warn!(reason, "a daemon's report waits: it will be tried again");
            return taken.retry_later(reason).await;
        }
    };
    let mut rows = Vec::new();
    if let Some(rollout) = &news {
        rows = app.notifier.after_report(&about(&app, &item.report, &place, rollout.state));
        rows.extend(app.outbox.reported(&item.report, item.id));
    }
    taken.finish(rows).await?;
    if let Some(rollout) = news {
        let Place { service, environment, namespace, artifact } = place;
        let event = RolloutEvent {
            service,
            environment,
            namespace,
            artifact_id: artifact,
            report: item.report.kind(),
            rollout,
        };
        app.news.tell(Event::Rollout(event.into()));
    }
    app.accepted_reports.tell(item.id);
    Ok(())
}
