//! What happens on a cluster, and what is told of it.

use daemon::event::Event;
use kube_bed::{Bed, BedOptions};
use serde_json::{Value, json};

use super::program::{Daemon, apply, can_have_nodes, kubectl, load_image, prepare};
use crate::server::Server;

/// A Deployment of one pod that runs a line of shell.
fn deployment(name: &str, artifact: &str, script: &str, container: &Value) -> String {
    let annotations = json!({
        "lunarway.com/controlled-by-release-manager": "true",
        "lunarway.com/artifact-id": artifact,
        "lunarway.com/author": "bo@example.test",
    });
    let mut app = json!({"name": "app", "image": "example/shell:v1", "imagePullPolicy": "IfNotPresent",
        "command": ["sh", "-c", script]});
    if let (Some(app), Some(more)) = (app.as_object_mut(), container.as_object()) {
        app.extend(more.clone());
    }
    let labels = json!({"app": name, "squad": "ledger"});
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": name, "namespace": "shop", "annotations": annotations},
        "spec": {
            "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": labels, "annotations": annotations},
                "spec": {"containers": [app], "terminationGracePeriodSeconds": 0},
            },
        },
    })
    .to_string()
}

/// The same pod as a Job that gives up at once.
fn job(name: &str, script: &str) -> String {
    let mut job: Value = serde_json::from_str(&deployment(name, "a1", script, &json!({}))).unwrap();
    job["apiVersion"] = "batch/v1".into();
    job["kind"] = "Job".into();
    let template = job["spec"]["template"].take();
    job["spec"] = json!({"template": template, "backoffLimit": 0});
    job["spec"]["template"]["spec"]["restartPolicy"] = "Never".into();
    job.to_string()
}

const FOREVER: &str = "exec sleep 100000";

fn is_success(event: &Event, name: &str, artifact: &str) -> bool {
    matches!(event, Event::Deploy(event) if event.name == name && event.artifact_id == artifact)
}

/// What is told of the first failing pod of a Deployment: reason and message of its container.
async fn pod_error(server: &Server, name: &str) -> (String, String) {
    let is_wanted =
        |event: &Event| matches!(event, Event::PodError(event) if event.pod_name.starts_with(name));
    let Event::PodError(event) = server.wait_for(&format!("a failure of {name}"), is_wanted).await else {
        panic!("another event")
    };
    let seen = (event.environment.as_str(), event.namespace.as_str(), event.alert_squad.as_str());
    assert_eq!(seen, ("dev", "shop", "#squad-ledger-alerts"));
    let [error] = event.errors.as_slice() else { panic!("{event:?}") };
    assert_eq!(error.name, "app");
    (error.reason.clone(), error.message.clone())
}

fn count(server: &Server, name: &str, artifact: &str) -> usize {
    server.told().iter().filter(|event| is_success(event, name, artifact)).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_is_reported_on_through_crashes_restarts_and_its_end() {
    if !can_have_nodes() {
        return;
    }
    let mut bed = match Bed::up(&BedOptions::new("it-daemon").owned(), &mut |_| ()) {
        Ok(bed) => bed,
        Err(error) => panic!("{}", explain::Report::new(&error)),
    };
    load_image(&bed);
    prepare(&bed);
    let kubeconfig = bed.kubeconfig_for("release-daemon", &[]).unwrap();
    let server = Server::start(&["secret"]).await;
    let dir = tempfile::tempdir().unwrap();
    let mut daemon = Daemon::start(&server.url, &kubeconfig, dir.path());
    daemon.ready().await;

    // What works, and four ways not to. One stream alone keeps the order of its lines.
    let none = json!({});
    apply(&bed, &deployment("good", "a1", FOREVER, &none));
    apply(&bed, &deployment("crash", "a1", "(seq 1 9; echo no database) >&2; exit 3", &none));
    let little = json!({"resources": {"limits": {"memory": "32Mi"}}});
    apply(&bed, &deployment("greedy", "a1", "x=aaaaaaaa; while true; do x=$x$x; done", &little));
    let missing = json!({"envFrom": [{"configMapRef": {"name": "nowhere"}}]});
    apply(&bed, &deployment("lost", "a1", FOREVER, &missing));
    apply(&bed, &job("nightly", "exit 1"));

    let good = server.wait_for("the success", |event| is_success(event, "good", "a1")).await;
    let Event::Deploy(good) = good else { panic!("{good}") };
    let seen = (good.resource_type.as_str(), good.available_pods, good.replicas, good.squad.as_str());
    assert_eq!(seen, ("Deployment", 1, 1, "ledger"));
    let lines = "3\n4\n5\n6\n7\n8\n9\nno database\n".to_owned();
    assert_eq!(pod_error(&server, "crash").await, ("CrashLoopBackOff".into(), lines));
    let limit = "killed for using more memory than its limit of 32Mi".to_owned();
    assert_eq!(pod_error(&server, "greedy").await, ("OOMKilled".into(), limit));
    let not_there = "configmap \"nowhere\" not found".to_owned();
    assert_eq!(pod_error(&server, "lost").await, ("CreateContainerConfigError".into(), not_there));
    let failed = |event: &Event| matches!(event, Event::JobError(_));
    let Event::JobError(failed) = server.wait_for("the failed job", failed).await else { panic!("a job") };
    assert_eq!(
        (failed.job_name.as_str(), failed.errors[0].reason.as_str()),
        ("nightly", "BackoffLimitExceeded")
    );

    // What is mended is told as a success, and what happened while nobody looked as well.
    kubectl(&bed, &["--namespace=shop", "create", "configmap", "nowhere"]);
    server.wait_for("the mended one", |event| is_success(event, "lost", "a1")).await;
    daemon.kill().await;
    apply(&bed, &deployment("good", "a2", FOREVER, &none));
    kubectl(&bed, &["--namespace=shop", "rollout", "status", "deployment/good", "--timeout=60s"]);
    let mut daemon = Daemon::start(&server.url, &kubeconfig, dir.path());
    server.wait_for("what was missed", |event| is_success(event, "good", "a2")).await;
    daemon.ready().await;
    // The last one told before the kill may come twice: the answer to it may have been lost.
    assert_eq!(count(&server, "good", "a1"), 1, "told before, and not again");

    // The cluster is thrown away: nothing of it is left but its address.
    bed.wipe(&mut |_| ()).unwrap();
    prepare(&bed);
    apply(&bed, &deployment("good", "a3", FOREVER, &none));
    server.wait_for("a success on the new cluster", |event| is_success(event, "good", "a3")).await;
    assert_eq!(daemon.terminate().await, Some(0));
}
