//! What daemons report (spec, section 2.9). Keeping a report is all that happens before the answer, so a slow Slack
//! slows no daemon.

use api::{DeployEvent, JobErrorEvent, PodErrorEvent};
use axum::extract::State;

use super::Failure;
use super::body::Body;
use super::caller::Daemon;
use crate::app::App;
use crate::reports;
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
    reports::accept(app, report).await?;
    Ok(DONE)
}
