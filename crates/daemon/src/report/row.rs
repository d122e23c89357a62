//! What is remembered of an object that was told about, across restarts.

use std::collections::BTreeMap;

use kube_status::{FailureReason, PodFailure};
use serde::{Deserialize, Serialize};

use crate::observe::{Failure, ObjectName, Observation, WorkloadState};

/// What was told of one incarnation of an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Which object.
    pub object: ObjectName,
    /// Of which artifact.
    pub artifact_id: String,
    /// Workloads: of which rollout.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub rollout: String,
    /// Workloads: a pod was told to fail since. Pods: a failure was told, and no recovery seen since.
    #[serde(default)]
    pub open: bool,
    /// Pods: what was told last, by container and reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub told: BTreeMap<String, Told>,
}

/// The last failure of its kind that was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// In which round of crashes.
    pub round: u64,
    /// Which life of the container.
    pub instance: String,
}

impl Row {
    pub(super) fn workload(seen: &Observation, state: &WorkloadState) -> Self {
        Self { rollout: state.rollout.clone(), ..Self::job(seen) }
    }

    pub(super) fn job(seen: &Observation) -> Self {
        Self {
            object: seen.object.clone(),
            artifact_id: seen.origin.artifact_id.clone(),
            rollout: String::new(),
            open: false,
            told: BTreeMap::new(),
        }
    }

    /// Nothing is told of the pod yet.
    pub(super) fn pod(seen: &Observation) -> Self {
        Self::job(seen)
    }

    /// Whether there is nothing new about this artifact and rollout.
    pub(super) fn covers(&self, artifact_id: &str, rollout: &str) -> bool {
        self.artifact_id == artifact_id && self.rollout == rollout && !self.open
    }

    /// Marks a failure as told; false when it was already.
    pub(super) fn tell(&mut self, failure: &PodFailure, crash_every: u64) -> bool {
        let restarts = u64::try_from(failure.restart_count).unwrap_or_default();
        let round = restarts.saturating_sub(1) / crash_every.max(1);
        let is_news = |told: &Told| match failure.reason {
            // They come again and again, each time a little different.
            FailureReason::CrashLoopBackOff
            | FailureReason::OomKilled
            | FailureReason::InitFailed
            | FailureReason::CreateContainerError => round > told.round && failure.instance != told.instance,
            FailureReason::CreateContainerConfigError
            | FailureReason::ImagePull
            | FailureReason::Unschedulable
            | FailureReason::Evicted => failure.instance != told.instance,
        };
        if !self.told.get(&key(failure)).is_none_or(is_news) {
            return false;
        }
        self.told.insert(key(failure), Told { round, instance: failure.instance.clone() });
        true
    }

    /// The pod is up again: what comes next is a new incident. Only traces of the past stay told.
    pub(super) fn recover(&mut self, failures: &[Failure]) {
        self.open = false;
        self.told
            .retain(|told, _| failures.iter().any(|failure| failure.past && key(&failure.what) == *told));
    }
}

fn key(failure: &PodFailure) -> String {
    format!("{}/{}", failure.container, failure.reason.as_str())
}
