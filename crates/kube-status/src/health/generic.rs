//! What holds for every kind: generations and the common conditions.

use serde_json::Value;

use super::Health;
use crate::read::{condition, condition_is, condition_text, number, text};

/// What decides before any rule of a kind: the controller lags behind, or says itself how it is.
pub(crate) fn before(object: &Value) -> Option<Health> {
    let generation = number(object, "/metadata/generation");
    let observed = number(object, "/status/observedGeneration");
    if let (Some(generation), Some(observed)) = (generation, observed)
        && generation != observed
    {
        return Some(Health::in_progress("its controller has not seen the newest version yet"));
    }
    if condition_is(object, "Reconciling", "True") {
        return condition(object, "Reconciling").map(|it| Health::in_progress(condition_text(it)));
    }
    if condition_is(object, "Stalled", "True") {
        return condition(object, "Stalled").map(|it| Health::failed(condition_text(it)));
    }
    None
}

/// The rule of kinds without one of their own: `Ready`, when they have such a condition.
pub(crate) fn conditions(object: &Value) -> Health {
    let Some(ready) = condition(object, "Ready") else { return Health::Current };
    match text(ready, "/status") {
        "True" => Health::Current,
        _ => Health::in_progress(condition_text(ready)),
    }
}
