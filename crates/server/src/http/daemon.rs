//! What daemons report (spec, section 2.9). Keeping a report and enqueueing its notices is all that happens before the
//! answer, so a slow Slack slows no daemon.

use api::{DeployEvent, JobErrorEvent, PodErrorEvent};
use axum::extract::State;
use config_repo::{Landed, ReadError};

use super::Failure;
use super::body::Body;
use super::caller::Daemon;
use crate::app::App;
use crate::notify::Reported;
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
        let mut rows = app.notifier.after_report(&about(app, &report));
        rows.extend(app.outbox.reported(&report));
        app.queue.enqueue_all(rows).await?;
    }
    Ok(DONE)
}

/// What is known of what a report is about, where somebody wants to know. What cannot be read is left out, and said.
fn about<'a>(app: &App, report: &'a Report) -> Reported<'a> {
    let [environment, namespace, artifact] = report.place();
    let state = app.rollout(environment, namespace, artifact).unwrap_or_default().state;
    let mut about = Reported { report, state, service: None, spec: None };
    let Some(artifact) = artifact.parse().ok().filter(|_| app.notifier.wants_more_of_reports()) else {
        return about;
    };
    let here = |landed: &Landed| landed.record.environment.eq_ignore_ascii_case(environment);
    let read = || -> Result<(Option<String>, Option<Vec<u8>>), ReadError> {
        let Some(landed) = app.reader.ran(&artifact)?.into_iter().find(here) else { return Ok((None, None)) };
        let spec = app.reader.spec_bytes(&landed)?;
        Ok((Some(landed.record.service), spec))
    };
    match read() {
        Ok((service, spec)) => {
            about.service = service;
            about.spec = spec.and_then(|bytes| artifact::decode(&bytes).ok());
        }
        Err(error) => {
            let reason = explain::chain(&error).join(": ");
            tracing::warn!(reason, "what a report is about cannot be read");
        }
    }
    about
}
