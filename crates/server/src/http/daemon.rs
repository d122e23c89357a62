//! What daemons report (spec, section 2.9). Keeping a report and enqueueing its notices is all that happens before the
//! answer, so a slow Slack slows no daemon.

use api::{DeployEvent, Event, JobErrorEvent, PodErrorEvent, RolloutEvent, RolloutState};
use axum::extract::State;
use config_repo::{Landed, ReadError};

use super::Failure;
use super::body::Body;
use super::caller::Daemon;
use crate::app::App;
use crate::notify::Reported;
use crate::rollouts::{Place, Report};

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
    let (place, since, expected) = app.place_of(&report);
    if place.service.is_empty() {
        // Another server may have released it: then the repository says more than we know.
        app.refresh.notify_one();
    }
    let news = app.rollouts.take_in(&report, (&place, since, expected), jiff::Timestamp::now())?;
    if let Some(rollout) = news {
        let mut rows = app.notifier.after_report(&about(app, &report, &place, rollout.state));
        rows.extend(app.outbox.reported(&report));
        app.queue.enqueue_all(rows).await?;
        let Place { service, environment, namespace, artifact } = place;
        let event = RolloutEvent {
            service,
            environment,
            namespace,
            artifact_id: artifact,
            report: report.kind(),
            rollout,
        };
        app.news.tell(Event::Rollout(event.into()));
    }
    Ok(DONE)
}

/// What is known of what a report is about, where somebody wants to know. What cannot be read is left out, and said.
fn about<'a>(app: &App, report: &'a Report, place: &Place, state: RolloutState) -> Reported<'a> {
    let mut about = Reported { report, state, service: None, spec: None };
    let Some(artifact) = place.artifact.parse().ok().filter(|_| app.notifier.wants_more_of_reports()) else {
        return about;
    };
    let here = |landed: &Landed| {
        let record = &landed.record;
        record.environment.eq_ignore_ascii_case(&place.environment)
            && (place.service.is_empty() || record.service.eq_ignore_ascii_case(&place.service))
    };
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
