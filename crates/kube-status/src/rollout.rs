//! Whether a rollout has ended well, by the numbers alone: what the daemon reports as a deploy.

use serde_json::Value;

use crate::read::{count, number, text};

/// A kind whose rollouts are reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Workload {
    /// `apps/Deployment`.
    Deployment,
    /// `apps/DaemonSet`.
    DaemonSet,
    /// `apps/StatefulSet`.
    StatefulSet,
}

impl Workload {
    /// Every kind whose rollouts are reported.
    pub const ALL: [Self; 3] = [Self::Deployment, Self::DaemonSet, Self::StatefulSet];

    /// The kind as Kubernetes and the wire spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deployment => "Deployment",
            Self::DaemonSet => "DaemonSet",
            Self::StatefulSet => "StatefulSet",
        }
    }
}

/// The state of a rollout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rollout {
    /// What is rolled out.
    pub workload: Workload,
    /// Whether the newest version runs everywhere, and nothing else does.
    pub successful: bool,
    /// How many pods serve.
    pub available_pods: i64,
    /// How many pods should.
    pub replicas: i64,
}

/// The rollout of a Deployment, DaemonSet or StatefulSet; `None` for any other object.
#[must_use]
pub fn rollout(object: &Value) -> Option<Rollout> {
    let workload = Workload::ALL.into_iter().find(|workload| workload.as_str() == text(object, "/kind"))?;
    let status = |name: &str| count(object, &format!("/status/{name}"));
    let (numbers_agree, available_pods, replicas) = match workload {
        Workload::Deployment => deployment(object, status),
        Workload::DaemonSet => daemon_set(status),
        Workload::StatefulSet => stateful_set(status),
    };
    let seen = status("observedGeneration") >= count(object, "/metadata/generation");
    Some(Rollout { workload, successful: numbers_agree && seen, available_pods, replicas })
}

fn deployment(object: &Value, status: impl Fn(&str) -> i64) -> (bool, i64, i64) {
    // The API server writes the default of 1 into the spec; a hand-made object may lack it.
    let wanted = number(object, "/spec/replicas").unwrap_or(1);
    let available = status("availableReplicas");
    let agree = [status("updatedReplicas"), status("replicas"), available].iter().all(|n| *n == wanted);
    (agree, available, wanted)
}

fn daemon_set(status: impl Fn(&str) -> i64) -> (bool, i64, i64) {
    let desired = status("desiredNumberScheduled");
    let (updated, available) = (status("updatedNumberScheduled"), status("numberAvailable"));
    let agree = desired != 0
        && desired == status("currentNumberScheduled")
        && status("numberReady") == updated
        && available == updated
        && status("numberUnavailable") == 0
        && status("numberMisscheduled") == 0;
    (agree, available, desired)
}

fn stateful_set(status: impl Fn(&str) -> i64) -> (bool, i64, i64) {
    let (replicas, ready) = (status("replicas"), status("readyReplicas"));
    let agree = [ready, status("currentReplicas"), status("updatedReplicas")].iter().all(|n| *n == replicas);
    (agree, ready, replicas)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(name: &str, object: &Value, successful: bool, available_pods: i64, replicas: i64) {
        let rollout = rollout(object).unwrap_or_else(|| panic!("{name}: no rollout"));
        let seen = (rollout.successful, rollout.available_pods, rollout.replicas);
        assert_eq!(seen, (successful, available_pods, replicas), "{name}");
    }

    fn object(kind: &str, spec: Value, status: Value) -> Value {
        json!({"apiVersion": "apps/v1", "kind": kind, "metadata": {"generation": 3}, "spec": spec, "status": status})
    }

    #[test]
    fn a_deployment_succeeds_when_all_its_numbers_agree() {
        let status = |updated, total, available, observed| {
            json!({"updatedReplicas": updated, "replicas": total, "availableReplicas": available,
                   "observedGeneration": observed})
        };
        let deployment = |status| object("Deployment", json!({"replicas": 2}), status);
        check("all there", &deployment(status(2, 2, 2, 3)), true, 2, 2);
        check("an old pod is left", &deployment(status(2, 3, 2, 3)), false, 2, 2);
        check("one is not available", &deployment(status(2, 2, 1, 3)), false, 1, 2);
        check("not observed", &deployment(status(2, 2, 2, 2)), false, 2, 2);
        check(
            "scaled to zero",
            &object("Deployment", json!({"replicas": 0}), status(0, 0, 0, 3)),
            true,
            0,
            0,
        );
        check("no status", &deployment(json!({})), false, 0, 2);
    }

    #[test]
    fn a_daemon_set_succeeds_when_it_runs_on_every_node_and_on_no_other() {
        let full = json!({"desiredNumberScheduled": 2, "currentNumberScheduled": 2, "numberReady": 2,
            "updatedNumberScheduled": 2, "numberAvailable": 2, "observedGeneration": 3});
        let with = |name: &str, value: i64| {
            let mut status = full.clone();
            status[name] = value.into();
            object("DaemonSet", json!({}), status)
        };
        check("all there", &object("DaemonSet", json!({}), full.clone()), true, 2, 2);
        check("no node wants it", &with("desiredNumberScheduled", 0), false, 2, 0);
        check("one node lacks it", &with("currentNumberScheduled", 1), false, 2, 2);
        check("one is not ready", &with("numberReady", 1), false, 2, 2);
        check("one is not available", &with("numberAvailable", 1), false, 1, 2);
        check("one is unavailable", &with("numberUnavailable", 1), false, 2, 2);
        check("one is on a wrong node", &with("numberMisscheduled", 1), false, 2, 2);
        check("not observed", &with("observedGeneration", 2), false, 2, 2);
    }

    #[test]
    fn a_stateful_set_succeeds_when_current_and_updated_are_the_same_pods() {
        let status = |ready, current, updated| {
            json!({"replicas": 2, "readyReplicas": ready, "currentReplicas": current,
                   "updatedReplicas": updated, "observedGeneration": 3})
        };
        let set = |status| object("StatefulSet", json!({}), status);
        check("all there", &set(status(2, 2, 2)), true, 2, 2);
        check("one is not ready", &set(status(1, 2, 2)), false, 1, 2);
        check("one is old", &set(status(2, 1, 1)), false, 2, 2);
    }

    #[test]
    fn other_kinds_have_no_rollout() {
        assert_eq!(rollout(&json!({"kind": "ReplicaSet"})), None);
        assert_eq!(rollout(&json!(null)), None);
    }
}
