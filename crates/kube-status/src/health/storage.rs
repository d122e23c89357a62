//! Volumes and claims on them.

use serde_json::Value;

use super::Health;
use crate::read::text;

pub(crate) fn claim(object: &Value) -> Health {
    match text(object, "/status/phase") {
        "Bound" => Health::Current,
        "Lost" => Health::failed("the volume of the claim is gone"),
        "" => Health::in_progress("it has no status yet"),
        phase => Health::in_progress(format!("the claim is {phase}, not Bound")),
    }
}

pub(crate) fn volume(object: &Value) -> Health {
    match text(object, "/status/phase") {
        "Failed" => Health::failed(match text(object, "/status/message") {
            "" => "the volume could not be reclaimed",
            message => message,
        }),
        "Available" | "Bound" | "Released" => Health::Current,
        _ => Health::in_progress("the volume is not available yet"),
    }
}
