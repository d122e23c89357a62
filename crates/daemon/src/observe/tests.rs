use kube_status::FailureReason;
use serde_json::json;

use super::*;

type Change = fn(&mut Value);

fn annotations() -> Value {
    json!({
        CONTROLLED: "true",
        ARTIFACT_ID: "master-1-2",
        AUTHOR: "bo@example.test",
        "deployment.kubernetes.io/revision": "3",
    })
}

fn deployment() -> Value {
    json!({
        "kind": "Deployment",
        "metadata": {
            "name": "billing", "namespace": "payments", "uid": "u1", "generation": 2,
            "annotations": annotations(), "labels": {"squad": " ledger "},
        },
        "spec": {"replicas": 2},
        "status": {"observedGeneration": 2, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 2},
    })
}

fn pod(status: Value) -> Value {
    json!({
        "kind": "Pod",
        "metadata": {
            "name": "billing-5d9c-x", "namespace": "payments", "uid": "p1", "annotations": annotations(),
            "labels": {"pod-template-hash": "5d9c"},
            "ownerReferences": [
                {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "billing-5d9c", "controller": true}],
        },
        "spec": {"containers": [{"name": "app", "resources": {"limits": {"memory": "64Mi"}}}, {"name": "free"}]},
        "status": status,
    })
}

fn pod_state(pod: &Value) -> PodState {
    let seen = observe(Kind::Pod, pod).expect("annotated");
    let Subject::Pod(state) = seen.subject else { panic!("{:?}", seen.subject) };
    state
}

fn at(text: &str) -> jiff::Timestamp {
    text.parse().unwrap()
}

#[test]
fn only_annotated_objects_that_stay_are_ours() {
    let changed = |change: fn(&mut Value)| {
        let mut object = deployment();
        change(&mut object["metadata"]);
        observe(Kind::Deployment, &object).is_some()
    };
    assert!(changed(|_| {}));

    let refused: [(&str, Change); 6] = [
        ("not controlled", |metadata| metadata["annotations"][CONTROLLED] = "True".into()),
        ("no artifact", |metadata| metadata["annotations"][ARTIFACT_ID] = "".into()),
        ("no author", |metadata| metadata["annotations"][AUTHOR] = Value::Null),
        ("no annotations", |metadata| metadata["annotations"] = Value::Null),
        ("being deleted", |metadata| metadata["deletionTimestamp"] = "2026-11-25T10:00:00Z".into()),
        ("not an object", |metadata| *metadata = json!([1])),
    ];
    for (case, change) in refused {
        assert!(!changed(change), "{case}");
    }
}

#[test]
fn a_deployment_is_read() {
    let seen = observe(Kind::Deployment, &deployment()).expect("annotated");
    let object = ObjectName { kind: Kind::Deployment, namespace: "payments".into(), name: "billing".into() };
    let origin = Origin {
        artifact_id: "master-1-2".into(),
        author_email: "bo@example.test".into(),
        squad: "ledger".into(),
        observed: false,
    };
    let state = WorkloadState { rollout: "3".into(), complete: true, available: 2, replicas: 2 };
    assert_eq!(seen, Observation { uid: "u1".into(), object, origin, subject: Subject::Workload(state) });
}

#[test]
fn the_squad_of_a_workload_may_stand_on_its_pods() {
    let mut object = deployment();
    object["metadata"]["labels"] = Value::Null;
    object["spec"]["template"]["metadata"]["labels"]["squad"] = "nova".into();
    assert_eq!(observe(Kind::Deployment, &object).expect("annotated").origin.squad, "nova");
}

#[test]
fn the_mark_of_the_original_daemon_is_read() {
    for (mark, observed) in [("master-1-2", true), ("master-0-0", false)] {
        let mut object = deployment();
        object["metadata"]["annotations"][OBSERVED] = mark.into();
        assert_eq!(
            observe(Kind::Deployment, &object).expect("annotated").origin.observed,
            observed,
            "{mark}"
        );
    }
}

#[test]
fn a_stateful_set_has_not_arrived_before_its_last_pod_is_made() {
    let check = |replicas: i64, complete: bool| {
        let mut object = deployment();
        object["kind"] = "StatefulSet".into();
        object["spec"]["replicas"] = 3.into();
        object["status"] = json!({"observedGeneration": 2, "replicas": replicas, "readyReplicas": replicas,
            "currentReplicas": replicas, "updatedReplicas": replicas, "updateRevision": "db-7f"});
        let seen = observe(Kind::StatefulSet, &object).expect("annotated");
        let state = WorkloadState { rollout: "db-7f".into(), complete, available: replicas, replicas };
        assert_eq!(seen.subject, Subject::Workload(state));
    };
    check(1, false);
    check(3, true);
}

#[test]
fn a_job_tells_its_failed_conditions() {
    let mut object = deployment();
    object["status"] = json!({"conditions": [
        {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": "limit"},
        {"type": "Failed", "status": "False", "reason": "Other"},
        {"type": "Complete", "status": "True"},
    ]});
    let failed = api::JobError { reason: "BackoffLimitExceeded".into(), message: "limit".into() };
    assert_eq!(observe(Kind::Job, &object).expect("annotated").subject, Subject::Job(vec![failed]));
}

#[test]
fn a_crash_loop_tells_the_lines_of_the_previous_life() {
    let state = pod_state(&pod(json!({"phase": "Running", "containerStatuses": [{
        "name": "app", "restartCount": 3, "state": {"waiting": {"reason": "CrashLoopBackOff"}},
        "lastState": {"terminated": {"exitCode": 3, "reason": "Error"}}}]})));
    let [failure] = state.failures.as_slice() else { panic!("{state:?}") };
    assert_eq!((failure.what.reason, failure.logs), (FailureReason::CrashLoopBackOff, Some(Life::Previous)));
    assert_eq!((failure.what.message.as_str(), failure.past), ("exit code 3", false));
    assert_eq!(state.workload.expect("an owner").to_string(), "payments/Deployment/billing");
    assert_eq!(state.steady_at, None);
}

#[test]
fn an_init_container_that_crashes_is_told_too() {
    let state = pod_state(&pod(json!({"phase": "Pending", "initContainerStatuses": [{
        "name": "migrate", "restartCount": 1, "state": {"waiting": {"reason": "CrashLoopBackOff"}}}]})));
    assert_eq!(state.failures[0].what.container, "migrate");
    let ended = json!([{"name": "migrate", "state": {"terminated": {"exitCode": 1, "reason": "Error"}}}]);
    let tries_again = pod_state(&pod(json!({"phase": "Pending", "initContainerStatuses": ended})));
    assert_eq!(tries_again.failures, [], "a first end is no crash loop");
    let gave_up = pod_state(&pod(json!({"phase": "Failed", "initContainerStatuses": ended})));
    assert_eq!(gave_up.failures[0].logs, Some(Life::Current));
}

#[test]
fn the_pods_of_a_job_leave_crashes_to_the_job() {
    let mut object = pod(json!({"phase": "Running", "containerStatuses": [{
        "name": "app", "restartCount": 3, "state": {"waiting": {"reason": "CrashLoopBackOff"}}}]}));
    object["metadata"]["ownerReferences"][0]["kind"] = "Job".into();
    assert_eq!(pod_state(&object).failures, []);
    object["status"]["containerStatuses"][0]["state"]["waiting"]["reason"] = "ImagePullBackOff".into();
    assert_eq!(pod_state(&object).failures.len(), 1, "a job does not tell this");
}

#[test]
fn out_of_memory_names_the_limit_and_is_past() {
    let state = |container: &str| {
        let status = json!({"phase": "Running", "containerStatuses": [{"name": container, "restartCount": 1,
            "state": {"running": {}}, "lastState": {"terminated": {"reason": "OOMKilled", "exitCode": 137}}}]});
        let failure = pod_state(&pod(status)).failures.remove(0);
        assert!(failure.past);
        failure.what.message
    };
    assert_eq!(state("app"), "killed for using more memory than its limit of 64Mi");
    assert_eq!(state("free"), "killed because the node ran out of memory");
}

#[test]
fn a_pod_without_a_node_has_some_minutes_to_find_one() {
    let state = pod_state(&pod(
        json!({"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False",
        "reason": "Unschedulable", "message": "0/1 nodes", "lastTransitionTime": "2026-11-25T10:00:00Z"}]}),
    ));
    assert_eq!(state.failures[0].due, Some(at("2026-11-25T10:02:00Z")));
}

#[test]
fn a_pod_is_steady_once_it_outlived_its_last_crash() {
    let container = |ready: bool, last: Value| {
        json!({"name": "app", "ready": ready, "lastState": {"terminated": last},
               "state": {"running": {"startedAt": "2026-11-25T10:00:00Z"}}})
    };
    let ran = |minutes: u8| {
        let finished = format!("2026-11-25T09:{minutes:02}:00Z");
        json!({"startedAt": "2026-11-25T09:00:00Z", "finishedAt": finished})
    };
    let check = |case: &str, containers: Value, expected: Option<&str>| {
        let state = pod_state(&pod(json!({"phase": "Running", "containerStatuses": containers})));
        assert_eq!(state.steady_at, expected.map(at), "{case}");
    };
    check("never crashed", json!([container(true, Value::Null)]), Some("2026-11-25T10:00:00Z"));
    check("not ready", json!([container(false, Value::Null)]), None);
    check("ran for 3 min", json!([container(true, ran(3))]), Some("2026-11-25T10:04:00Z"));
    check("ran for long", json!([container(true, ran(50))]), Some("2026-11-25T10:10:00Z"));
    let two = json!([container(true, ran(0)), container(true, Value::Null)]);
    check("the slower of two", two, Some("2026-11-25T10:01:00Z"));
    check("one of two is down", json!([container(true, ran(0)), {"name": "b", "state": {}}]), None);
}

#[test]
fn the_alert_channel_is_named_derived_or_off() {
    let check = |annotation: Value, squad: Value, expected: &str| {
        let mut object = pod(json!({}));
        object["metadata"]["annotations"]["lunarway.com/runtime-alerts"] = annotation;
        object["metadata"]["labels"]["squad"] = squad;
        assert_eq!(pod_state(&object).alert_squad, expected);
    };
    check(Value::Null, "ledger".into(), "#squad-ledger-alerts");
    check(Value::Null, Value::Null, "#squad-no-one-alerts");
    check("false".into(), "ledger".into(), "");
    check("#ops".into(), "ledger".into(), "#ops");
}
