//! Why a pod does not run.

mod container;
mod owner;

#[cfg(test)]
mod tests;

use std::fmt;

use serde_json::Value;

use crate::read::{condition, condition_is, items, text};

pub use owner::{PodOwner, pod_owner};

/// What is wrong with a pod or one of its containers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FailureReason {
    /// It starts, ends, and starts again.
    CrashLoopBackOff,
    /// Its configuration names a ConfigMap, Secret or key that is not there.
    CreateContainerConfigError,
    /// The container could not be made or its command not be started.
    CreateContainerError,
    /// Its image cannot be had.
    ImagePull,
    /// It used more memory than its limit.
    OomKilled,
    /// An init container ended with an error, so that the others never start.
    InitFailed,
    /// No node can take the pod.
    Unschedulable,
    /// The node threw the pod out.
    Evicted,
}

impl FailureReason {
    /// Every reason.
    pub const ALL: [Self; 8] = [
        Self::CrashLoopBackOff,
        Self::CreateContainerConfigError,
        Self::CreateContainerError,
        Self::ImagePull,
        Self::OomKilled,
        Self::InitFailed,
        Self::Unschedulable,
        Self::Evicted,
    ];

    /// The word on the wire; the first words of people who use `kubectl`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CrashLoopBackOff => "CrashLoopBackOff",
            Self::CreateContainerConfigError => "CreateContainerConfigError",
            Self::CreateContainerError => "CreateContainerError",
            Self::ImagePull => "ImagePullBackOff",
            Self::OomKilled => "OOMKilled",
            Self::InitFailed => "InitFailed",
            Self::Unschedulable => "Unschedulable",
            Self::Evicted => "Evicted",
        }
    }

    /// Whether waiting alone is unlikely to help.
    #[must_use]
    pub fn is_final(self) -> bool {
        match self {
            Self::CrashLoopBackOff
            | Self::CreateContainerConfigError
            | Self::CreateContainerError
            | Self::ImagePull
            | Self::OomKilled
            | Self::InitFailed
            | Self::Evicted => true,
            // A node may join or free up.
            Self::Unschedulable => false,
        }
    }
}

/// One thing that is wrong with a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodFailure {
    /// The container; empty when it is the pod as a whole.
    pub container: String,
    /// Whether it is an init container.
    pub is_init: bool,
    /// What is wrong.
    pub reason: FailureReason,
    /// The details as Kubernetes tells them, on one line or more; can be empty.
    pub message: String,
    /// How often the container was started again.
    pub restart_count: i64,
    /// Which life of the container or pod this is about; part of [`Self::key`].
    pub instance: String,
}

impl PodFailure {
    /// The same for every update of the pod that shows this same failure, and different for the next one:
    /// remember it, and nothing is reported twice.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}/{}/{}", self.instance, self.container, self.reason.as_str())
    }
}

impl fmt::Display for PodFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.container.is_empty() {
            let what = if self.is_init { "init container" } else { "container" };
            write!(f, "{what} {}: ", self.container)?;
        }
        f.write_str(self.reason.as_str())?;
        if !self.message.is_empty() {
            write!(f, ": {}", self.message)?;
        }
        Ok(())
    }
}

/// Everything that is wrong with a pod: of the pod first, then by init container and container as in its status.
#[must_use]
pub fn pod_failures(pod: &Value) -> Vec<PodFailure> {
    let uid = text(pod, "/metadata/uid");
    let mut failures: Vec<PodFailure> = whole(pod, uid).into_iter().collect();
    for status in items(pod, "/status/initContainerStatuses") {
        failures.extend(container::failures(status, uid, true));
    }
    for status in items(pod, "/status/containerStatuses") {
        failures.extend(container::failures(status, uid, false));
    }
    failures
}

/// What is wrong with the pod as a whole.
fn whole(pod: &Value, uid: &str) -> Option<PodFailure> {
    let failure = |reason, message: &str| PodFailure {
        container: String::new(),
        is_init: false,
        reason,
        message: message.to_owned(),
        restart_count: 0,
        instance: uid.to_owned(),
    };
    if text(pod, "/status/phase") == "Failed" && text(pod, "/status/reason") == "Evicted" {
        return Some(failure(FailureReason::Evicted, text(pod, "/status/message")));
    }
    let scheduled = condition(pod, "PodScheduled")?;
    let unschedulable =
        condition_is(pod, "PodScheduled", "False") && text(scheduled, "/reason") == "Unschedulable";
    unschedulable.then(|| failure(FailureReason::Unschedulable, text(scheduled, "/message")))
}
