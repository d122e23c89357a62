//! The sample services render to manifests that Kubernetes can read.

use std::fs;
use std::path::Path;

use process::Program;
use serde_json::Value;

use crate::desk::{Desk, copy};

const ENVIRONMENTS: [&str; 3] = ["dev", "staging", "prod"];
const KEYS: [&str; 3] =
    ["lunarway.com/controlled-by-release-manager", "lunarway.com/artifact-id", "lunarway.com/author"];

fn render(service: &str, more: &[&str]) -> Desk {
    let desk = Desk::new("", "");
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    copy(&examples.join("plan"), &desk.path("plan"));
    copy(&examples.join(service), &desk.path("web"));
    let args =
        [&["run", "build", "tag=1.36", "artifact_id=master-1-2", "author=bo@example.test"], more].concat();
    let output = desk.shuttle(&args);
    assert!(output.succeeded(), "{}", desk.show(&output));
    desk
}

/// The manifests of an environment by file name.
fn manifests(desk: &Desk, folder: &str, environment: &str) -> Vec<(String, Value)> {
    let folder = desk.path("web").join(folder).join(environment);
    let mut found: Vec<(String, Value)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let documents = yaml::documents(&fs::read_to_string(&path).unwrap()).unwrap();
            assert_eq!(documents.len(), 1, "{}", path.display());
            (path.file_name().unwrap().to_string_lossy().into_owned(), documents[0].to_json().unwrap())
        })
        .collect();
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    found
}

fn check(service: &str, kinds: &[(&str, &str)], workloads: &[&str]) {
    let desk = render(service, &[]);
    for environment in ENVIRONMENTS {
        let found = manifests(&desk, ".shuttle/temp/artifact", environment);
        let got: Vec<(&str, &str)> =
            found.iter().map(|(name, object)| (name.as_str(), object["kind"].as_str().unwrap())).collect();
        assert_eq!(got, kinds, "{environment}");
        for (name, object) in &found {
            assert_eq!(object["metadata"]["namespace"], environment, "{name}");
            assert_eq!(object["metadata"]["labels"]["squad"], "checkout", "{name}");
        }
        for (name, object) in
            found.iter().filter(|(_, object)| workloads.contains(&object["kind"].as_str().unwrap()))
        {
            let job = &object["spec"]["jobTemplate"];
            let pods = if job.is_null() { &object["spec"]["template"] } else { &job["spec"]["template"] };
            for annotated in [object, pods] {
                let annotations = KEYS.map(|key| annotated["metadata"]["annotations"][key].as_str());
                assert_eq!(
                    annotations,
                    [Some("true"), Some("master-1-2"), Some("bo@example.test")],
                    "{name}"
                );
            }
            let container = &pods["spec"]["containers"][0];
            assert_eq!(container["image"], "docker.io/library/busybox:1.36", "{name}");
            assert_eq!(container["imagePullPolicy"], "IfNotPresent", "{name}");
        }
    }
}

#[test]
fn web_is_a_deployment_with_config_map_and_service() {
    check(
        "web",
        &[
            ("01-configmap.yaml", "ConfigMap"),
            ("40-deployment.yaml", "Deployment"),
            ("50-service.yaml", "Service"),
        ],
        &["Deployment"],
    );
}

#[test]
fn batch_is_a_cron_job_with_a_stateful_set() {
    check(
        "batch",
        &[
            ("40-cronjob.yaml", "CronJob"),
            ("41-statefulset.yaml", "StatefulSet"),
            ("50-service.yaml", "Service"),
        ],
        &["CronJob", "StatefulSet"],
    );
}

/// Runs what the container of the web service would run, without its server.
fn run_container(desk: &Desk, folder: &str) -> process::Output {
    let found = manifests(desk, folder, "staging");
    let container = &found[1].1["spec"]["template"]["spec"]["containers"][0];
    let script = container["args"][0].as_str().unwrap();
    let script =
        script.replace("/www", &desk.path("home").display().to_string()).replace("exec httpd", "echo httpd");
    let environment =
        [("GREETING", "hello"), ("ENVIRONMENT", "staging"), ("SERVICE", "web"), ("VERSION", "v2")];
    environment
        .into_iter()
        .fold(Program::new("sh").args(["-c", &script]), |program, (name, value)| program.env(name, value))
        .run()
        .unwrap()
}

#[test]
fn the_web_service_serves_its_version_or_crashes_with_last_words() {
    let good = render("web", &[]);
    let output = run_container(&good, ".shuttle/temp/artifact");
    assert!(
        output.succeeded() && output.stdout_text().starts_with("httpd -f -p 8080"),
        "{}",
        good.show(&output)
    );
    assert_eq!(good.read("home/index.html"), "hello from web v2 in staging\n");

    let bad = render("web", &["crash=true", "out=out"]);
    let output = run_container(&bad, "out");
    assert_eq!(output.code, Some(1));
    assert_eq!(output.stderr_text().lines().last(), Some("FATAL: cannot reach the payments database"));
}

#[test]
fn a_file_that_is_rendered_no_more_goes() {
    let desk = render("web", &[]);
    desk.write("web/.shuttle/temp/artifact/dev/60-ingress.yaml", "kind: Ingress\n");
    desk.write("web/.shuttle/temp/artifact/artifact.json", "{}");
    let output = desk.shuttle(&["run", "build", "--tag", "2"]);
    assert!(output.succeeded(), "{}", desk.show(&output));
    assert!(!desk.path("web/.shuttle/temp/artifact/dev/60-ingress.yaml").exists());
    assert!(desk.path("web/.shuttle/temp/artifact/artifact.json").exists());
}
