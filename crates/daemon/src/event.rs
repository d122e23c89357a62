//! What is posted to the release manager.

use std::fmt;

use api::{DeployEvent, JobErrorEvent, PodErrorEvent, routes};
use serde::{Deserialize, Serialize};

/// Something that happened in the cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A rollout succeeded.
    Deploy(DeployEvent),
    /// Containers of a pod failed.
    PodError(PodErrorEvent),
    /// A job failed.
    JobError(JobErrorEvent),
}

impl Event {
    /// Where it is posted to.
    #[must_use]
    pub fn route(&self) -> &'static str {
        match self {
            Self::Deploy(_) => routes::DAEMON_DEPLOY,
            Self::PodError(_) => routes::DAEMON_POD_ERROR,
            Self::JobError(_) => routes::DAEMON_JOB_ERROR,
        }
    }

    /// Its body.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn body(&self) -> serde_json::Result<Vec<u8>> {
        match self {
            Self::Deploy(event) => api::encode(event),
            Self::PodError(event) => api::encode(event),
            Self::JobError(event) => api::encode(event),
        }
    }
}

/// For people: what happened to which object.
impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deploy(event) => {
                write!(f, "success of {} {}/{}", event.resource_type, event.namespace, event.name)
            }
            Self::PodError(event) => {
                let reasons: Vec<&str> = event.errors.iter().map(|error| error.reason.as_str()).collect();
                write!(f, "{} of pod {}/{}", reasons.join(", "), event.namespace, event.pod_name)
            }
            Self::JobError(event) => write!(f, "failure of job {}/{}", event.namespace, event.job_name),
        }
    }
}
