//! Kinds that need only a line or two.

use serde_json::Value;

use super::Health;
use crate::read::{condition, condition_is, condition_text, text};

pub(crate) fn existence(_: &Value) -> Health {
    Health::Current
}

pub(crate) fn namespace(object: &Value) -> Health {
    match text(object, "/status/phase") {
        "Terminating" => Health::Terminating,
        _ => Health::Current,
    }
}

pub(crate) fn definition(object: &Value) -> Health {
    if condition_is(object, "NamesAccepted", "False")
        && let Some(names) = condition(object, "NamesAccepted")
    {
        return Health::failed(condition_text(names));
    }
    match condition_is(object, "Established", "True") {
        true => Health::Current,
        false => Health::in_progress("the API server does not serve it yet"),
    }
}

pub(crate) fn api_service(object: &Value) -> Health {
    match condition(object, "Available") {
        Some(available) if text(available, "/status") == "True" => Health::Current,
        Some(available) => Health::in_progress(condition_text(available)),
        None => Health::in_progress("it has no status yet"),
    }
}

/// An autoscaler without metrics is worth a look, yet no reason to call a release unhealthy.
pub(crate) fn autoscaler(_: &Value) -> Health {
    Health::Current
}
