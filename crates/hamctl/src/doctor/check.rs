//! One thing that was looked at.

use explain::{Explain, Kind, Report};
use serde::Serialize;

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Check {
    /// What was looked at.
    pub(super) name: &'static str,
    pub(super) state: State,
    /// What was found, in words.
    pub(super) finding: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) hint: String,
    /// What decides on the exit code.
    #[serde(skip)]
    pub(super) failed: Option<Kind>,
}

/// How it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    Good,
    /// Some commands will not work, or soon will not.
    Warning,
    Failed,
}

impl Check {
    pub(super) fn good(name: &'static str, finding: impl Into<String>) -> Self {
        Self { name, state: State::Good, finding: finding.into(), hint: String::new(), failed: None }
    }

    pub(super) fn warning(name: &'static str, finding: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { state: State::Warning, hint: hint.into(), ..Self::good(name, finding) }
    }

    pub(super) fn failed(
        name: &'static str,
        kind: Kind,
        finding: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self { state: State::Failed, failed: Some(kind), ..Self::warning(name, finding, hint) }
    }

    /// An error is a failed check that explains itself.
    pub(super) fn of_error<E: Explain + 'static>(name: &'static str, error: &E) -> Self {
        let Report { kind, message, hint } = Report::new(error);
        Self::failed(name, kind, message, hint)
    }
}
