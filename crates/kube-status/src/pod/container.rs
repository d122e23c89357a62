//! Why a container does not run, from its entry in the pod's status.

use serde_json::Value;

use super::{FailureReason, PodFailure};
use crate::read::{count, text};

/// The kubelet says this for a moment while its cache fills, and gets over it by itself.
const CACHE_NOT_SYNCED: &str = "failed to sync configmap cache: timed out waiting for the condition";

/// Everything that is wrong with one container.
pub(super) fn failures(status: &Value, uid: &str, is_init: bool) -> Vec<PodFailure> {
    let restart_count = count(status, "/restartCount");
    let failure = |(reason, message, life): (FailureReason, String, String)| PodFailure {
        container: text(status, "/name").to_owned(),
        is_init,
        reason,
        message,
        restart_count,
        instance: format!("{uid}/{life}"),
    };
    [waiting(status), out_of_memory(status), init_ended(status, is_init)]
        .into_iter()
        .flatten()
        .map(failure)
        .collect()
}

/// Reason, message, and what tells this failure from the next of its kind.
type Finding = (FailureReason, String, String);

fn waiting(status: &Value) -> Option<Finding> {
    let message = text(status, "/state/waiting/message").to_owned();
    let restarts = count(status, "/restartCount").to_string();
    let image = text(status, "/image").to_owned();
    match text(status, "/state/waiting/reason") {
        "CrashLoopBackOff" => {
            Some((FailureReason::CrashLoopBackOff, last_end(status).unwrap_or(message), restarts))
        }
        "CreateContainerConfigError" if message == CACHE_NOT_SYNCED => None,
        // The next missing key after this one has another message, and should be told.
        "CreateContainerConfigError" => {
            Some((FailureReason::CreateContainerConfigError, message.clone(), message))
        }
        "CreateContainerError" | "RunContainerError" => {
            Some((FailureReason::CreateContainerError, message.clone(), message))
        }
        // It goes back and forth between these two words, with other messages: one failure an image.
        "ErrImagePull" | "ImagePullBackOff" | "InvalidImageName" | "ErrImageNeverPull" => {
            let message = if message.is_empty() { format!("cannot pull {image}") } else { message };
            Some((FailureReason::ImagePull, message, image))
        }
        _ => None,
    }
}

/// How the last life ended: `exit code 1: message`.
fn last_end(status: &Value) -> Option<String> {
    let end = status.pointer("/lastState/terminated")?;
    Some(ending(end))
}

fn ending(end: &Value) -> String {
    let code = count(end, "/exitCode");
    match (text(end, "/reason"), text(end, "/message").trim()) {
        ("" | "Error", "") => format!("exit code {code}"),
        ("" | "Error", message) => format!("exit code {code}: {message}"),
        (reason, "") => format!("exit code {code}, {reason}"),
        (reason, message) => format!("exit code {code}, {reason}: {message}"),
    }
}

fn out_of_memory(status: &Value) -> Option<Finding> {
    ["/state/terminated", "/lastState/terminated"]
        .into_iter()
        .filter_map(|pointer| status.pointer(pointer))
        .find(|end| text(end, "/reason") == "OOMKilled")
        .map(|end| {
            // The id of the life that ended is the same now and later, when it has become the last one.
            (FailureReason::OomKilled, text(end, "/message").to_owned(), text(end, "/containerID").to_owned())
        })
}

/// An init container that ended badly and is not, or not yet, started again.
fn init_ended(status: &Value, is_init: bool) -> Option<Finding> {
    let end = status.pointer("/state/terminated")?;
    let failed = is_init && count(end, "/exitCode") != 0 && text(end, "/reason") != "OOMKilled";
    failed.then(|| (FailureReason::InitFailed, ending(end), text(end, "/containerID").to_owned()))
}
