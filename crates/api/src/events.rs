//! What happens, as it happens: server-sent events. Not in the original.
//!
//! An event has an id, a name and one line of JSON. A client that was away sends the id of the last one it saw, and
//! goes on after it; where the server no longer knows what came after, it says `reset`.

use serde::{Deserialize, Serialize};

use crate::{KnownRelease, Rollout};

/// What one event says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A release was accepted, or has come to an end.
    Release(Box<KnownRelease>),
    /// A cluster reported.
    Rollout(Box<RolloutEvent>),
    /// Some events are not known any more: read the state anew.
    Reset,
}

/// The data of the event `rollout`: a daemon reported something new.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RolloutEvent {
    /// The service; empty when the report is about no release we know.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub service: String,
    /// The environment.
    pub environment: String,
    /// The namespace.
    pub namespace: String,
    /// The artifact.
    pub artifact_id: String,
    /// What was reported.
    pub report: ReportKind,
    /// All that is known with it.
    pub rollout: Rollout,
}

/// What a daemon reports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ReportKind {
    /// A workload is up.
    #[default]
    Deploy,
    /// A container failed.
    PodError,
    /// A job failed.
    JobError,
}

impl Event {
    /// Its name on the wire.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Release(_) => "release",
            Self::Rollout(_) => "rollout",
            Self::Reset => "reset",
        }
    }

    /// Reads an event by its name; `None` for one that we do not know.
    ///
    /// # Errors
    /// When the data is not what the name says.
    pub fn read(name: &str, data: &[u8]) -> serde_json::Result<Option<Self>> {
        Ok(match name {
            "release" => Some(Self::Release(crate::decode(data)?)),
            "rollout" => Some(Self::Rollout(crate::decode(data)?)),
            "reset" => Some(Self::Reset),
            _ => None,
        })
    }

    /// Its data, one line.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn data(&self) -> serde_json::Result<Vec<u8>> {
        match self {
            Self::Release(release) => crate::encode(release),
            Self::Rollout(rollout) => crate::encode(rollout),
            Self::Reset => Ok(b"{}\n".to_vec()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ReleaseState;

    #[test]
    fn events_survive_the_wire() {
        let release = KnownRelease {
            id: "x".into(),
            artifact_id: "master-1".into(),
            state: ReleaseState::Denied,
            reason: "two\nlines".into(),
            ..KnownRelease::default()
        };
        let rollout = RolloutEvent { report: ReportKind::PodError, ..RolloutEvent::default() };
        for event in [Event::Release(release.into()), Event::Rollout(rollout.into()), Event::Reset] {
            let data = event.data().unwrap();
            assert_eq!(data.iter().filter(|byte| **byte == b'\n').count(), 1, "data is one line");
            assert_eq!(Event::read(event.name(), &data).unwrap(), Some(event));
        }
        assert_eq!(Event::read("news", b"?").unwrap(), None);
    }
}
