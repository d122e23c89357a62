//! What keeps a number of pods running.

use serde_json::Value;

use super::Health;
use crate::read::{condition, condition_is, condition_text, count, number, text};

/// The first of a list of "this many of that many" that is not reached yet.
fn first_missing(steps: &[(&str, i64, i64)]) -> Option<Health> {
    let (what, have, want) = steps.iter().find(|(_, have, want)| have < want)?;
    Some(Health::in_progress(format!("{have} of {want} {what}")))
}

/// A workload is not well before its controller has written a status at all.
fn unseen(object: &Value) -> Option<Health> {
    let seen = number(object, "/status/observedGeneration").is_some();
    (!seen).then(|| Health::in_progress("its controller has not seen it yet"))
}

fn wanted(object: &Value) -> i64 {
    number(object, "/spec/replicas").unwrap_or(1)
}

pub(crate) fn deployment(object: &Value) -> Health {
    if let Some(unseen) = unseen(object) {
        return unseen;
    }
    if let Some(progress) = condition(object, "Progressing")
        && text(progress, "/reason") == "ProgressDeadlineExceeded"
    {
        return Health::failed(condition_text(progress));
    }
    if condition_is(object, "ReplicaFailure", "True")
        && let Some(failure) = condition(object, "ReplicaFailure")
    {
        return Health::in_progress(condition_text(failure));
    }
    let (want, total) = (wanted(object), count(object, "/status/replicas"));
    let updated = count(object, "/status/updatedReplicas");
    let available = count(object, "/status/availableReplicas");
    let missing = first_missing(&[
        ("replicas are updated", updated, want),
        ("replicas are created", total, want),
        ("replicas are available", available, want),
        ("replicas are ready", count(object, "/status/readyReplicas"), want),
    ]);
    if let Some(missing) = missing {
        return missing;
    }
    if total > want {
        return Health::in_progress(format!("{} old replicas are still there", total.saturating_sub(want)));
    }
    Health::Current
}

pub(crate) fn replica_set(object: &Value) -> Health {
    if let Some(unseen) = unseen(object) {
        return unseen;
    }
    if condition_is(object, "ReplicaFailure", "True")
        && let Some(failure) = condition(object, "ReplicaFailure")
    {
        return Health::in_progress(condition_text(failure));
    }
    let (want, total) = (wanted(object), count(object, "/status/replicas"));
    let missing = first_missing(&[
        ("replicas are created", total, want),
        ("replicas carry the labels", count(object, "/status/fullyLabeledReplicas"), want),
        ("replicas are available", count(object, "/status/availableReplicas"), want),
        ("replicas are ready", count(object, "/status/readyReplicas"), want),
    ]);
    match missing {
        Some(missing) => missing,
        None if total > want => {
            Health::in_progress(format!("{} replicas too many", total.saturating_sub(want)))
        }
        None => Health::Current,
    }
}

pub(crate) fn stateful_set(object: &Value) -> Health {
    if let Some(unseen) = unseen(object) {
        return unseen;
    }
    let (want, total) = (wanted(object), count(object, "/status/replicas"));
    let missing = first_missing(&[
        ("replicas are created", total, want),
        ("replicas are ready", count(object, "/status/readyReplicas"), want),
    ]);
    if let Some(missing) = missing {
        return missing;
    }
    if total > want {
        return Health::in_progress(format!("{} replicas too many", total.saturating_sub(want)));
    }
    // Its pods are replaced only when somebody deletes them.
    if text(object, "/spec/updateStrategy/type") == "OnDelete" {
        return Health::Current;
    }
    let partition = count(object, "/spec/updateStrategy/rollingUpdate/partition");
    let updated = count(object, "/status/updatedReplicas");
    if let Some(missing) = first_missing(&[("replicas are updated", updated, want.saturating_sub(partition))])
    {
        return missing;
    }
    let (current, update) = (text(object, "/status/currentRevision"), text(object, "/status/updateRevision"));
    if partition == 0 && current != update {
        return Health::in_progress(format!("revision {update} has not replaced {current} yet"));
    }
    Health::Current
}

pub(crate) fn daemon_set(object: &Value) -> Health {
    if let Some(unseen) = unseen(object) {
        return unseen;
    }
    let want = count(object, "/status/desiredNumberScheduled");
    let updated = match text(object, "/spec/updateStrategy/type") {
        "OnDelete" => want,
        _ => count(object, "/status/updatedNumberScheduled"),
    };
    first_missing(&[
        ("nodes have a pod", count(object, "/status/currentNumberScheduled"), want),
        ("pods are updated", updated, want),
        ("pods are available", count(object, "/status/numberAvailable"), want),
        ("pods are ready", count(object, "/status/numberReady"), want),
    ])
    .unwrap_or(Health::Current)
}
