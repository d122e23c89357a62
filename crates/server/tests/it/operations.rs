//! What who runs the server sees of it: its log, its metrics, its routes, its configuration.

use std::process::Stdio;

use api::{CreateArtifactRequest, routes};
use artifact::Intent;
use reqwest::Method;
use serde_json::Value;
use testkit::{Receiver, Slack, wait};

use crate::bed::{Bed, PATIENCE, Server, http};
use crate::make;

/// Stands in every secret; nothing that the server says may hold it.
const MARKER: &str = "MARKER";

/// Sends a request with some headers; the status.
async fn send(server: &Server, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> u16 {
    let mut request = http().request(method, format!("{}{path}", server.url)).body(body.to_owned());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap().status().as_u16()
}

/// A release by a request of this id.
async fn release(server: &Server, request_id: &str) {
    let body = r#"{"service":"billing","environment":"dev","artifactId":"master-1","committerName":"Ida",
        "committerEmail":"ida@corp.test","intent":{"type":"ReleaseArtifact"}}"#;
    let headers = [("Authorization", "hamctl-token"), ("x-request-id", request_id)];
    assert_eq!(send(server, Method::POST, routes::RELEASE, &headers, body).await, 200);
}

fn lines(server: &Server) -> Vec<Value> {
    let log = std::fs::read_to_string(server.service.log()).unwrap();
    log.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_in_log_or_metrics_whatever_is_asked() {
    let slack = Slack::start().await.unwrap();
    let mut bed = Bed::new()
        .await
        .flag("--log.level=debug")
        .flag(format!("--hamctl-auth-token={MARKER}-hamctl"))
        .flag(format!("--artifact-auth-token={MARKER}-ci"))
        .flag(format!("--daemon-auth-token={MARKER}-daemon"))
        .flag(format!("--github-webhook-secret={MARKER}-webhook"))
        .flag(format!("--github-api-token={MARKER}-github"))
        .flag("--github-url=http://127.0.0.1:9")
        .flag(format!("--grafana-annotations=dev={MARKER}-grafana=http://127.0.0.1:9"))
        .flag(format!("--slack-url={}", slack.url()))
        .flag("--jwks-urls=http://127.0.0.1:9/keys")
        .flag("--jwt-issuer=http://127.0.0.1:9");
    bed.env.push(("SLACK_TOKEN".to_owned(), format!("{MARKER}-slack")));
    let server = bed.start().await;
    let hamctl = format!("Bearer {MARKER}-hamctl");
    let right = [("Authorization", hamctl.as_str()), ("Cookie", MARKER), ("X-Api-Key", MARKER)];
    let wrong = [("Authorization", "Bearer MARKER.MARKER.MARKER"), ("X-Hub-Signature", "sha1=MARKER")];
    for path in
        ["/status?service=billing", "/policies?service=x", "/queue", "/nowhere", "/describe/artifact/x"]
    {
        send(&server, Method::GET, path, &right, "").await;
        send(&server, Method::GET, path, &wrong, "").await;
    }
    for path in [routes::RELEASE, routes::GITHUB_WEBHOOK, routes::DAEMON_DEPLOY, routes::CREATE_ARTIFACT] {
        send(&server, Method::POST, path, &right, "{").await;
        send(&server, Method::POST, path, &wrong, "{}").await;
    }
    // A release, so that Slack, GitHub and Grafana are told, and cannot be.
    let spec = make::spec("billing", "master-1", "master");
    let zip = make::zip(&spec);
    assert_eq!(server.upload_zip_as(&format!("{MARKER}-ci"), &spec, zip).await, 200);
    let request = api::ReleaseRequest {
        service: "billing".into(),
        environment: "dev".into(),
        artifact_id: "master-1".into(),
        committer_name: "Ida Holm".into(),
        committer_email: "ida@corp.test".into(),
        intent: api::IntentBody::from(&Intent::ReleaseArtifact),
    };
    let client = server.client(&format!("{MARKER}-hamctl"));
    let _landed: api::ReleaseResponse =
        client.call(Method::POST, &[routes::RELEASE], &request).await.unwrap();
    let _refused = server
        .client(&format!("{MARKER}-ci"))
        .call::<Value, _>(Method::POST, &[routes::CREATE_ARTIFACT], &CreateArtifactRequest::default())
        .await;
    wait::until("GitHub and Grafana to have been tried", PATIENCE, async || {
        let queue: Value = client.get(&["/queue"], &[]).await.unwrap();
        let text = queue.to_string();
        if text.matches("does not answer").count() >= 2 { Ok(()) } else { Err(text) }
    })
    .await;
    let log = std::fs::read_to_string(server.service.log()).unwrap();
    assert!(log.contains("Release [dev]: billing (master-1)") && log.contains("[401] GET /status"), "{log}");
    let metrics = http().get(format!("{}/metrics", server.url)).send().await.unwrap().text().await.unwrap();
    let queue: Value = client.get(&["/queue"], &[]).await.unwrap();
    for (what, text) in [("log", log), ("metrics", metrics), ("queue", queue.to_string())] {
        let line = text.lines().find(|line| line.contains(MARKER));
        assert_eq!(line, None, "the {what} holds a secret");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_line_of_a_request_carries_its_id_also_when_its_work_comes_later() {
    let bed = Bed::new().await;
    let server = bed.start().await;
    server.upload("billing", "master-1", "master").await;
    release(&server, "the-id").await;
    let of_request: Vec<String> = lines(&server)
        .iter()
        .filter(|line| line["requestId"] == "the-id")
        .map(|line| line["message"].as_str().unwrap().to_owned())
        .collect();
    for expected in ["Release [dev]: billing (master-1) by Ida, author Bo Lind", "[200] POST /release"] {
        assert!(of_request.iter().any(|message| message == expected), "{expected}: {of_request:?}");
    }
    // An id that could forge a line or fill the disk is replaced, and the one that holds goes back.
    let request = http().get(format!("{}/status?service=x", server.url)).header("x-request-id", "a b");
    let answer = request.send().await.unwrap();
    let id = answer.headers()["x-request-id"].to_str().unwrap();
    assert!(id.parse::<uuid::Uuid>().is_ok(), "{id}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_names_the_request_that_led_to_it() {
    let receiver = Receiver::start().await.unwrap();
    receiver.answer_next(&[500]);
    let bed = Bed::new()
        .await
        .flag("--log.level=debug")
        .flag(format!("--webhook={}/hook", receiver.url()))
        .flag(format!("--webhook-secret={}", receiver.secret()));
    let server = bed.start().await;
    server.upload("billing", "master-1", "master").await;
    release(&server, "the-release").await;
    let headers = [("Authorization", "daemon-token"), ("x-request-id", "the-report")];
    let report = serde_json::to_string(&make::deployed()).unwrap();
    assert_eq!(send(&server, Method::POST, routes::DAEMON_DEPLOY, &headers, &report).await, 200);
    for (kind, id) in [("release.landed", "the-release"), ("rollout.succeeded", "the-report")] {
        let wanted = |one: &testkit::receiver::Received| one.body["type"] == kind && one.status == 204;
        let told = receiver.wait_for(kind, PATIENCE, wanted).await.unwrap();
        assert_eq!(told.request_id, id, "{kind}");
        wait::until("the delivery to be logged", PATIENCE, async || {
            let all = lines(&server);
            let is_it = |line: &&Value| line["message"] == "a notice is delivered" && line["requestId"] == id;
            all.iter().find(is_it).map(drop).ok_or(format!("{id}: {all:?}"))
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_for_developers_is_served() {
    let server = Bed::new().await.start().await;
    for path in ["/debug/pprof", "/debug/pprof/cmdline", "/debug/vars", "/debug", "/env", "/config", "/log"] {
        let answer = http().get(format!("{}{path}", server.url)).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 404, "{path}");
        assert!(!answer.text().await.unwrap().contains("hamctl-token"), "{path}");
    }
}

#[test]
fn the_configuration_is_checked_and_shown_without_starting() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("release-manager.yaml");
    let run = |text: &str, flags: &[&str]| {
        std::fs::write(&file, text).unwrap();
        #[expect(clippy::disallowed_methods, reason = "a test may see the program as a shell does")]
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_release-manager"))
            .args(["config", "--config"])
            .arg(&file)
            .args(flags)
            .env_clear()
            .env("HAMCTL_AUTH_TOKEN", "tok")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
        let text = said.join("---\n").replace(&folder.path().display().to_string(), "DIR");
        format!("{text}[exit {}]", output.status.code().unwrap())
    };
    insta::assert_snapshot!("config", run("config-repo: git@git.test:config.git\n", &["--http-port=9000"]));
    insta::assert_snapshot!(
        "config-wrong",
        run("broker-type: carrier-pigeon\n", &["--artifact-filename=x.json"])
    );
    insta::assert_snapshot!(run("confg-repo: x\n", &[]), @r"
    ---
    error: DIR/release-manager.yaml:1:1: `confg-repo` is no setting; did you mean `config-repo`?
    hint: correct the file, and check it with `release-manager config`
    [exit 2]
    ");
}
