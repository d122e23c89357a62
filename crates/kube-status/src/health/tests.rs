use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn check(name: &str, object: &Value, expected: &str) {
    assert_eq!(health(object).to_string(), expected, "{name}");
}

fn object(api_version: &str, kind: &str, spec: Value, status: Value) -> Value {
    json!({"apiVersion": api_version, "kind": kind, "metadata": {"generation": 2}, "spec": spec, "status": status})
}

fn conditions(list: &[(&str, &str, &str, &str)]) -> Value {
    list.iter()
        .map(|(kind, status, reason, message)| {
            json!({"type": kind, "status": status, "reason": reason, "message": message})
        })
        .collect()
}

#[test]
fn deployments() {
    let deployment = |status: Value| object("apps/v1", "Deployment", json!({"replicas": 2}), status);
    let numbers = |updated, total, available| {
        json!({"observedGeneration": 2, "updatedReplicas": updated, "replicas": total,
               "availableReplicas": available, "readyReplicas": available})
    };
    check("no status", &deployment(json!({})), "in progress: its controller has not seen it yet");
    check(
        "old status",
        &deployment(json!({"observedGeneration": 1})),
        "in progress: its controller has not seen the newest version yet",
    );
    check("rolling", &deployment(numbers(1, 3, 2)), "in progress: 1 of 2 replicas are updated");
    check("starting", &deployment(numbers(2, 2, 0)), "in progress: 0 of 2 replicas are available");
    check("surplus", &deployment(numbers(2, 3, 2)), "in progress: 1 old replicas are still there");
    check("done", &deployment(numbers(2, 2, 2)), "current");
    let mut late = numbers(1, 3, 2);
    late["conditions"] = conditions(&[("Progressing", "False", "ProgressDeadlineExceeded", "timed out")]);
    check("late", &deployment(late), "failed: ProgressDeadlineExceeded: timed out");
    let mut quota = numbers(0, 0, 0);
    quota["conditions"] = conditions(&[("ReplicaFailure", "True", "FailedCreate", "exceeded quota")]);
    check("quota", &deployment(quota), "in progress: FailedCreate: exceeded quota");
    let zero = object("apps/v1", "Deployment", json!({"replicas": 0}), json!({"observedGeneration": 2}));
    check("scaled to zero", &zero, "current");
}

#[test]
fn stateful_sets() {
    let set = |spec: Value, status: Value| object("apps/v1", "StatefulSet", spec, status);
    let status = |ready, updated, current: &str| {
        json!({"observedGeneration": 2, "replicas": 2, "readyReplicas": ready, "updatedReplicas": updated,
               "currentRevision": current, "updateRevision": "b"})
    };
    let spec = json!({"replicas": 2});
    check("starting", &set(spec.clone(), status(1, 2, "b")), "in progress: 1 of 2 replicas are ready");
    check("rolling", &set(spec.clone(), status(2, 1, "a")), "in progress: 1 of 2 replicas are updated");
    check(
        "switching",
        &set(spec.clone(), status(2, 2, "a")),
        "in progress: revision b has not replaced a yet",
    );
    check("done", &set(spec, status(2, 2, "b")), "current");
    let partition = json!({"replicas": 2, "updateStrategy": {"rollingUpdate": {"partition": 1}}});
    check("partition", &set(partition, status(2, 1, "a")), "current");
    let by_hand = json!({"replicas": 2, "updateStrategy": {"type": "OnDelete"}});
    check("on delete", &set(by_hand, status(2, 0, "a")), "current");
}

#[test]
fn daemon_sets_and_replica_sets() {
    let daemons = |updated, available| {
        object(
            "apps/v1",
            "DaemonSet",
            json!({}),
            json!({"observedGeneration": 2, "desiredNumberScheduled": 2,
            "currentNumberScheduled": 2, "updatedNumberScheduled": updated, "numberAvailable": available,
            "numberReady": available}),
        )
    };
    check("rolling", &daemons(1, 2), "in progress: 1 of 2 pods are updated");
    check("starting", &daemons(2, 1), "in progress: 1 of 2 pods are available");
    check("done", &daemons(2, 2), "current");
    let replicas = |available| {
        object(
            "apps/v1",
            "ReplicaSet",
            json!({"replicas": 1}),
            json!({"observedGeneration": 2, "replicas": 1,
            "fullyLabeledReplicas": 1, "availableReplicas": available, "readyReplicas": available}),
        )
    };
    check("starting", &replicas(0), "in progress: 0 of 1 replicas are available");
    check("done", &replicas(1), "current");
}

#[test]
fn pods_and_jobs() {
    let pod = |status: Value| object("v1", "Pod", json!({}), status);
    check("no status", &pod(json!({})), "in progress: it has no status yet");
    check("pending", &pod(json!({"phase": "Pending"})), "in progress: the pod is Pending and not ready");
    check("succeeded", &pod(json!({"phase": "Succeeded"})), "current");
    check("failed", &pod(json!({"phase": "Failed", "message": "node lost"})), "failed: node lost");
    let ready = conditions(&[("Ready", "True", "", "")]);
    check("ready", &pod(json!({"phase": "Running", "conditions": ready})), "current");
    let crash = json!([{"name": "app", "state": {"waiting": {"reason": "CrashLoopBackOff"}}}]);
    check(
        "crash",
        &pod(json!({"phase": "Running", "containerStatuses": crash})),
        "failed: container app: CrashLoopBackOff",
    );

    let job = |spec: Value, status: Value| object("batch/v1", "Job", spec, status);
    check("running", &job(json!({}), json!({"active": 1})), "in progress: the job has not ended yet");
    check("suspended", &job(json!({"suspend": true}), json!({})), "current");
    let done = json!({"conditions": conditions(&[("Complete", "True", "", "")])});
    check("complete", &job(json!({}), done), "current");
    let failed = json!({"conditions": conditions(&[("Failed", "True", "BackoffLimitExceeded", "limit")])});
    check("failed", &job(json!({}), failed), "failed: BackoffLimitExceeded: limit");
}

#[test]
fn volumes_services_and_definitions() {
    let claim = |phase: &str| object("v1", "PersistentVolumeClaim", json!({}), json!({"phase": phase}));
    check("bound", &claim("Bound"), "current");
    check("pending", &claim("Pending"), "in progress: the claim is Pending, not Bound");
    check("lost", &claim("Lost"), "failed: the volume of the claim is gone");

    let service = |kind: &str, status: Value| object("v1", "Service", json!({"type": kind}), status);
    check("cluster address", &service("ClusterIP", json!({})), "current");
    check(
        "no balancer",
        &service("LoadBalancer", json!({})),
        "in progress: the load balancer has no address yet",
    );
    let balanced = json!({"loadBalancer": {"ingress": [{"ip": "10.0.0.1"}]}});
    check("balanced", &service("LoadBalancer", balanced), "current");

    let definition = |list: &[(&str, &str, &str, &str)]| {
        let status = json!({"conditions": conditions(list)});
        object("apiextensions.k8s.io/v1", "CustomResourceDefinition", json!({}), status)
    };
    check("new", &definition(&[]), "in progress: the API server does not serve it yet");
    check("served", &definition(&[("Established", "True", "", "")]), "current");
    check(
        "refused",
        &definition(&[("NamesAccepted", "False", "Conflict", "taken")]),
        "failed: Conflict: taken",
    );
}

#[test]
fn any_other_kind_follows_the_common_conditions() {
    let widget = |status: Value| object("example.test/v1", "Widget", json!({}), status);
    let with = |list: &[(&str, &str, &str, &str)]| widget(json!({"conditions": conditions(list)}));
    check("no condition", &widget(json!({})), "current");
    check("ready", &with(&[("Ready", "True", "", "")]), "current");
    check("not ready", &with(&[("Ready", "False", "Waiting", "for b")]), "in progress: Waiting: for b");
    check("stalled", &with(&[("Stalled", "True", "Bad", "spec")]), "failed: Bad: spec");
    check("reconciling", &with(&[("Reconciling", "True", "Busy", "")]), "in progress: Busy");
    check(
        "old",
        &widget(json!({"observedGeneration": 1})),
        "in progress: its controller has not seen the newest version yet",
    );
    let mut dying = widget(json!({}));
    dying["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z".into();
    check("dying", &dying, "being deleted");
    check("config map", &json!({"apiVersion": "v1", "kind": "ConfigMap"}), "current");
}

/// Any JSON, with the names that the rules look for.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-zA-Z]{0,8}".prop_map(Value::from),
    ];
    let name = prop_oneof![
        Just("kind"),
        Just("status"),
        Just("spec"),
        Just("metadata"),
        Just("conditions"),
        Just("replicas"),
        Just("containerStatuses"),
        Just("state"),
        Just("waiting"),
        Just("reason"),
        Just("generation"),
    ];
    leaf.prop_recursive(4, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(name.clone().prop_map(str::to_owned), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_json_makes_a_rule_panic(mut object in any_json(), row in 0..crate::kinds::KINDS.len()) {
        let row = &crate::kinds::KINDS[row];
        if let Some(fields) = object.as_object_mut() {
            fields.insert("apiVersion".into(), format!("{}/v1", row.group).into());
            fields.insert("kind".into(), row.kind.into());
        }
        drop(health(&object));
        let _rollout = crate::rollout(&object);
        drop((crate::pod_failures(&object), crate::pod_owner(&object)));
    }
}
