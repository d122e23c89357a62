//! What runs to an end: pods on their own, and jobs.

use serde_json::Value;

use super::Health;
use crate::pod::pod_failures;
use crate::read::{condition, condition_is, condition_text, text};

pub(crate) fn pod(object: &Value) -> Health {
    let failure = pod_failures(object).into_iter().next();
    match (text(object, "/status/phase"), failure) {
        ("Succeeded", _) => Health::Current,
        ("Failed", Some(failure)) => Health::failed(failure.to_string()),
        ("Failed", None) => Health::failed(
            [text(object, "/status/reason"), text(object, "/status/message"), "the pod failed"]
                .into_iter()
                .find(|text| !text.is_empty())
                .unwrap_or_default(),
        ),
        _ if condition_is(object, "Ready", "True") => Health::Current,
        (_, Some(failure)) if failure.reason.is_final() => Health::failed(failure.to_string()),
        (_, Some(failure)) => Health::in_progress(failure.to_string()),
        ("", None) => Health::in_progress("it has no status yet"),
        (phase, None) => Health::in_progress(format!("the pod is {phase} and not ready")),
    }
}

pub(crate) fn job(object: &Value) -> Health {
    for failed in ["Failed", "FailureTarget"] {
        if condition_is(object, failed, "True")
            && let Some(condition) = condition(object, failed)
        {
            return Health::failed(condition_text(condition));
        }
    }
    let suspended = object.pointer("/spec/suspend").and_then(Value::as_bool).unwrap_or(false);
    if suspended
        || condition_is(object, "Complete", "True")
        || condition_is(object, "SuccessCriteriaMet", "True")
    {
        return Health::Current;
    }
    Health::in_progress("the job has not ended yet")
}
