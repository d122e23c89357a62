//! What a report is about.

use api::RolloutState;
use config_repo::{Landed, ReadError};

use crate::app::App;
use crate::notify::Reported;
use crate::rollouts::{Place, Report};

/// What is known of what a report is about, where somebody wants to know. What cannot be read is left out, and said.
pub(super) fn about<'a>(app: &App, report: &'a Report, place: &Place, state: RolloutState) -> Reported<'a> {
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
