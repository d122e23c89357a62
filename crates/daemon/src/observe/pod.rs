//! What is wrong with a pod, and from when on nothing is.

use jiff::{SignedDuration, Timestamp};
use kube_status::{FailureReason, PodFailure};
use serde_json::Value;

use super::{Kind, ObjectName, list, text};

/// Where alerts of the pod go; `false` turns them off.
const RUNTIME_ALERTS: &str = "lunarway.com/runtime-alerts";
/// How long a pod may wait for a node before somebody has to know: a new node takes about that long.
const SCHEDULING_PATIENCE: SignedDuration = SignedDuration::from_mins(2);
/// How much longer than last time a restarted container has to run to count as recovered.
const PATIENCE: SignedDuration = SignedDuration::from_mins(1);
/// After this long Kubernetes itself forgets that a container crashed.
const MAX_PATIENCE: SignedDuration = SignedDuration::from_mins(10);

/// How a pod does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PodState {
    /// The workload it belongs to; none for pods of jobs and bare pods.
    pub workload: Option<ObjectName>,
    /// The channel for alerts; empty when they are turned off.
    pub alert_squad: String,
    /// Everything that is wrong with it.
    pub failures: Vec<Failure>,
    /// From when on it stands against no success: when it has recovered, or ended for good. Nothing while it is
    /// not up.
    pub steady_at: Option<Timestamp>,
}

/// One thing wrong with a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What and where.
    pub what: PodFailure,
    /// Whether only its trace is left in the status.
    pub past: bool,
    /// When it becomes worth telling; at once when nothing is said.
    pub due: Option<Timestamp>,
    /// Whether to tell the last lines of a container, and of which life of it.
    pub logs: Option<Life>,
}

/// A life of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// The one that has just ended and not been followed by another.
    Current,
    /// The one before.
    Previous,
}

pub(super) fn state(pod: &Value, squad: &str) -> PodState {
    let is_over = matches!(pod["status"]["phase"].as_str(), Some("Failed" | "Succeeded"));
    let owner = kube_status::pod_owner(pod);
    let of_job = owner.as_ref().is_some_and(|owner| owner.kind == "Job");
    let is_told = |failure: &PodFailure| match failure.reason {
        // The job tries again, and tells when it gives up.
        FailureReason::CrashLoopBackOff => !of_job,
        // A pod that goes on trying tells by its crash loop.
        FailureReason::InitFailed => is_over && !of_job,
        FailureReason::CreateContainerConfigError
        | FailureReason::CreateContainerError
        | FailureReason::ImagePull
        | FailureReason::OomKilled
        | FailureReason::Unschedulable
        | FailureReason::Evicted => true,
    };
    let failures = kube_status::pod_failures(pod).into_iter().filter(is_told);
    PodState {
        workload: owner.and_then(|owner| {
            let kind = [Kind::Deployment, Kind::DaemonSet, Kind::StatefulSet]
                .into_iter()
                .find(|kind| kind.as_str() == owner.kind)?;
            Some(ObjectName { kind, namespace: text(&pod["metadata"]["namespace"]), name: owner.name })
        }),
        alert_squad: alert_squad(pod, squad),
        failures: failures.map(|what| failure(pod, what, is_over)).collect(),
        steady_at: if is_over {
            Some(Timestamp::UNIX_EPOCH)
        } else {
            steady_at(list(&pod["status"]["containerStatuses"]))
        },
    }
}

fn failure(pod: &Value, mut what: PodFailure, is_over: bool) -> Failure {
    if what.reason == FailureReason::OomKilled && what.message.is_empty() {
        what.message = out_of_memory(pod, &what.container);
    }
    let logs = match what.reason {
        FailureReason::CrashLoopBackOff => Some(Life::Previous),
        FailureReason::InitFailed => Some(Life::Current),
        FailureReason::CreateContainerConfigError
        | FailureReason::CreateContainerError
        | FailureReason::ImagePull
        | FailureReason::OomKilled
        | FailureReason::Unschedulable
        | FailureReason::Evicted => None,
    };
    let due = match what.reason {
        FailureReason::Unschedulable => {
            unscheduled_since(pod).and_then(|at| at.checked_add(SCHEDULING_PATIENCE).ok())
        }
        _ => None,
    };
    Failure { past: is_over || what.reason == FailureReason::OomKilled, due, logs, what }
}

fn alert_squad(pod: &Value, squad: &str) -> String {
    match pod["metadata"]["annotations"][RUNTIME_ALERTS].as_str() {
        Some("false") => String::new(),
        Some(channel) if !channel.is_empty() => channel.to_owned(),
        Some(_) | None if squad.is_empty() => "#squad-no-one-alerts".into(),
        Some(_) | None => format!("#squad-{squad}-alerts"),
    }
}

/// Kubernetes itself says nothing more about it.
fn out_of_memory(pod: &Value, container: &str) -> String {
    let spec = &pod["spec"];
    let limit = list(&spec["containers"])
        .iter()
        .chain(list(&spec["initContainers"]))
        .find(|spec| spec["name"] == container)
        .map(|spec| text(&spec["resources"]["limits"]["memory"]))
        .unwrap_or_default();
    if limit.is_empty() {
        return "killed because the node ran out of memory".into();
    }
    format!("killed for using more memory than its limit of {limit}")
}

fn unscheduled_since(pod: &Value) -> Option<Timestamp> {
    let conditions = list(&pod["status"]["conditions"]);
    let scheduled = conditions.iter().find(|condition| condition["type"] == "PodScheduled")?;
    time(&scheduled["lastTransitionTime"])
}

/// When all of them are up for good.
fn steady_at(statuses: &[Value]) -> Option<Timestamp> {
    let each: Option<Vec<Timestamp>> = statuses.iter().map(container_steady_at).collect();
    each?.into_iter().max()
}

/// A container that crashed before has to outlive its last run first.
fn container_steady_at(status: &Value) -> Option<Timestamp> {
    let started = time(&status["state"]["running"]["startedAt"])?;
    if status["ready"] != true {
        return None;
    }
    let last = &status["lastState"]["terminated"];
    if last.is_null() {
        return Some(started);
    }
    let last_run = match (time(&last["startedAt"]), time(&last["finishedAt"])) {
        (Some(from), Some(to)) => to.duration_since(from),
        _ => SignedDuration::ZERO,
    };
    started.checked_add(last_run.saturating_add(PATIENCE).clamp(PATIENCE, MAX_PATIENCE)).ok()
}

fn time(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}
