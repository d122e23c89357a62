use serde_json::{Value, json};

use super::*;

fn pod(phase: &str, containers: Value) -> Value {
    json!({"kind": "Pod", "metadata": {"uid": "u1"}, "status": {"phase": phase, "containerStatuses": containers}})
}

fn check(name: &str, pod: &Value, expected: &[(&str, FailureReason, &str)]) {
    let failures = pod_failures(pod);
    let seen: Vec<_> =
        failures.iter().map(|it| (it.container.as_str(), it.reason, it.message.as_str())).collect();
    assert_eq!(seen, expected, "{name}");
}

fn crashed(restarts: i64) -> Value {
    json!([{"name": "app", "restartCount": restarts,
        "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 10s restarting"}},
        "lastState": {"terminated": {"reason": "Error", "exitCode": 3, "containerID": "c1"}}}])
}

#[test]
fn each_reason_is_recognised() {
    use FailureReason as R;
    check("crash loop", &pod("Running", crashed(1)), &[("app", R::CrashLoopBackOff, "exit code 3")]);
    let waiting = |reason: &str, message: &str| {
        pod(
            "Pending",
            json!([{"name": "app", "image": "shop:2",
            "state": {"waiting": {"reason": reason, "message": message}}}]),
        )
    };
    let missing = "configmap \"shop\" not found";
    check(
        "config",
        &waiting("CreateContainerConfigError", missing),
        &[("app", R::CreateContainerConfigError, missing)],
    );
    check(
        "config cache",
        &waiting(
            "CreateContainerConfigError",
            "failed to sync configmap cache: timed out waiting for the condition",
        ),
        &[],
    );
    check(
        "command",
        &waiting("RunContainerError", "no such file"),
        &[("app", R::CreateContainerError, "no such file")],
    );
    check("pull", &waiting("ErrImagePull", "not found"), &[("app", R::ImagePull, "not found")]);
    check(
        "pull without words",
        &waiting("ImagePullBackOff", ""),
        &[("app", R::ImagePull, "cannot pull shop:2")],
    );
    check("starting", &waiting("ContainerCreating", ""), &[]);
    let memory = pod(
        "Running",
        json!([{"name": "app", "restartCount": 1, "state": {"running": {}},
        "lastState": {"terminated": {"reason": "OOMKilled", "exitCode": 137, "containerID": "c1"}}}]),
    );
    check("out of memory", &memory, &[("app", R::OomKilled, "")]);
    let unschedulable = json!({"metadata": {"uid": "u1"}, "status": {"phase": "Pending", "conditions": [
        {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/1 nodes"}]}});
    check("unschedulable", &unschedulable, &[("", R::Unschedulable, "0/1 nodes")]);
    let evicted = json!({"metadata": {"uid": "u1"},
        "status": {"phase": "Failed", "reason": "Evicted", "message": "low on memory"}});
    check("evicted", &evicted, &[("", R::Evicted, "low on memory")]);
    let init = json!({"metadata": {"uid": "u1"}, "status": {"phase": "Pending", "initContainerStatuses": [
        {"name": "migrate", "state": {"terminated": {"exitCode": 1, "reason": "Error", "message": "no table"}}}]}});
    check("init", &init, &[("migrate", R::InitFailed, "exit code 1: no table")]);
    assert!(pod_failures(&init)[0].is_init);
    check("well", &pod("Running", json!([{"name": "app", "state": {"running": {}}}])), &[]);
    check("not a pod", &json!([1]), &[]);
}

#[test]
fn the_key_is_one_a_failure() {
    let key = |pod: &Value| pod_failures(pod)[0].key();
    assert_eq!(key(&pod("Running", crashed(1))), key(&pod("Running", crashed(1))));
    assert_ne!(
        key(&pod("Running", crashed(1))),
        key(&pod("Running", crashed(2))),
        "the next crash is a new one"
    );

    let pull = |reason: &str| {
        pod(
            "Pending",
            json!([{"name": "app", "image": "shop:2", "state": {"waiting": {"reason": reason, "message": reason}}}]),
        )
    };
    assert_eq!(key(&pull("ErrImagePull")), key(&pull("ImagePullBackOff")), "two words for one failure");

    let killed = json!({"reason": "OOMKilled", "exitCode": 137, "containerID": "c1"});
    let now = pod("Running", json!([{"name": "app", "state": {"terminated": killed}}]));
    let later = pod(
        "Running",
        json!([{"name": "app", "state": {"running": {}}, "lastState": {"terminated": killed}}]),
    );
    assert_eq!(key(&now), key(&later), "the same death, seen now and later");
}

#[test]
fn a_pod_leads_to_its_workload() {
    let pod = |group: &str, kind: &str, name: &str| {
        json!({"metadata": {"labels": {"pod-template-hash": "5d9c"}, "ownerReferences": [
            {"apiVersion": group, "kind": "Other", "name": "x"},
            {"apiVersion": group, "kind": kind, "name": name, "controller": true}]}})
    };
    let check = |pod: &Value, kind: &str, name: &str| {
        let owner = pod_owner(pod).expect("an owner");
        assert_eq!((owner.kind.as_str(), owner.name.as_str()), (kind, name));
    };
    check(&pod("apps/v1", "ReplicaSet", "shop-5d9c"), "Deployment", "shop");
    check(&pod("apps/v1", "ReplicaSet", "by-hand"), "ReplicaSet", "by-hand");
    check(&pod("apps/v1", "StatefulSet", "db"), "StatefulSet", "db");
    check(&pod("batch/v1", "Job", "nightly-1"), "Job", "nightly-1");
    assert_eq!(pod_owner(&json!({"metadata": {}})), None);
}
