//! What daemons report (spec, section 2.9). Keeping a report and enqueueing its notices is all that happens before the
//! answer, so a slow Slack slows no daemon.

use api::{DeployEvent, JobErrorEvent, PodErrorEvent};
use axum::extract::State;

use super::Failure;
use super::body::Body;
use super::caller::Daemon;
use crate::app::App;
use crate::rollouts::Report;

/// The original answers JSON as text.
const DONE: &str = "{}";

pub(crate) async fn deploy(
    State(app): State<App>,
    _daemon: Daemon,
    Body(event): Body<DeployEvent>,
) -> Result<&'static str, Failure> {
    report(&app, Report::Deploy(event)).await
}

pub(crate) async fn pod_error(
    State(app): State<App>,
    _daemon: Daemon,
    Body(event): Body<PodErrorEvent>,
) -> Result<&'static str, Failure> {
    report(&app, Report::PodError(event)).await
}

pub(crate) async fn job_error(
    State(app): State<App>,
    _daemon: Daemon,
    Body(event): Body<JobErrorEvent>,
) -> Result<&'static str, Failure> {
    report(&app, Report::JobError(event)).await
}

async fn report(app: &App, report: Report) -> Result<&'static str, Failure> {
    let [environment, _, artifact] = report.place();
    let since = artifact.parse().ok().and_then(|artifact| app.released_at(environment, &artifact));
    let news = app.rollouts.take_in(&report, since, jiff::Timestamp::now())?;
    if news {
        let mut rows = app.notifier.after_report(&report);
        rows.extend(app.outbox.reported(&report));
        app.queue.enqueue_all(rows).await?;
    }
    Ok(DONE)
}
