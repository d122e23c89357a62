//! Why a job failed.

use api::JobError;
use serde_json::Value;

use super::{list, text};

/// Every true `Failed` condition.
pub(super) fn failures(object: &Value) -> Vec<JobError> {
    list(&object["status"]["conditions"])
        .iter()
        .filter(|condition| condition["type"] == "Failed" && condition["status"] == "True")
        .map(|condition| JobError {
            reason: text(&condition["reason"]),
            message: text(&condition["message"]),
        })
        .collect()
}
