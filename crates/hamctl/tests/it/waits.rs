//! `--wait`: the cluster has the last word.

use crate::double::Double;
use crate::samples::{NEW, OLD, failed, landed, ready, running};
use crate::session::Session;

async fn wait(answers: Vec<api::DescribeReleaseResponse>) -> String {
    let double = Double::start().await;
    double.answers("POST /release", &landed("dev", NEW));
    for answer in &answers {
        double.answers("GET /describe/release/billing/dev", answer);
    }
    let command = format!("release --service billing --artifact {NEW} --env dev --wait --wait-timeout 30s");
    Session::at(&double).run(&command).await
}

#[tokio::test]
async fn a_release_that_becomes_ready_is_a_success() {
    let answers = vec![running(OLD, ready(OLD)), running(NEW, ready(OLD)), running(NEW, ready(NEW))];
    insta::assert_snapshot!(wait(answers).await, @r#"
    ------- stdout
    Release of service: billing
    [✓] Release of master-0a1b2c3d4e-99aa88bb77 to dev initialized
    [✓] master-0a1b2c3d4e-99aa88bb77 is ready in dev: Deployment web 2/2
    [exit 0]
    "#);
}

#[tokio::test]
async fn a_release_that_fails_is_an_error_with_reason_and_log() {
    insta::assert_snapshot!(wait(vec![running(NEW, failed(NEW))]).await, @r#"
    ------- stdout
    Release of service: billing
    [✓] Release of master-0a1b2c3d4e-99aa88bb77 to dev initialized
    ------- stderr
    error: master-0a1b2c3d4e-99aa88bb77 failed in dev: CrashLoopBackOff in web-5d9c/web
      starting
      panic: no database
    hint: go back with `hamctl rollback --service billing --env dev`
    [exit 6]
    "#);
}

#[tokio::test]
async fn a_release_that_is_replaced_is_an_error() {
    insta::assert_snapshot!(wait(vec![running(NEW, None), running("x-1", None)]).await, @r#"
    ------- stdout
    Release of service: billing
    [✓] Release of master-0a1b2c3d4e-99aa88bb77 to dev initialized
    ------- stderr
    error: master-0a1b2c3d4e-99aa88bb77 was replaced by x-1 in dev before it was ready
    hint: find out who released it with `hamctl describe release`
    [exit 1]
    "#);
}

#[tokio::test]
async fn silence_is_an_error_too() {
    let double = Double::start().await;
    double
        .answers("POST /release", &landed("dev", NEW))
        .answers("GET /describe/release/billing/dev", &running(NEW, None));
    let command = format!("release --service billing --artifact {NEW} --env dev --wait --wait-timeout 0s");
    insta::assert_snapshot!(Session::at(&double).run(&command).await, @r#"
    ------- stdout
    Release of service: billing
    [✓] Release of master-0a1b2c3d4e-99aa88bb77 to dev initialized
    ------- stderr
    error: no word within 0 s that master-0a1b2c3d4e-99aa88bb77 is ready in dev: no report from the cluster yet
    hint: see `hamctl describe release --service billing --env dev`, or wait longer with --wait-timeout
    [exit 5]
    "#);
}

#[tokio::test]
async fn the_rollout_is_part_of_the_json() {
    let double = Double::start().await;
    double
        .answers("POST /release", &landed("dev", NEW))
        .answers("GET /describe/release/billing/dev", &running(NEW, ready(NEW)));
    let command = format!("release --service billing --artifact {NEW} --env dev --wait -o json");
    insta::assert_snapshot!(Session::at(&double).run(&command).await, @r#"
    ------- stdout
    {
      "service": "billing",
      "results": [
        {
          "environment": "dev",
          "artifactId": "master-0a1b2c3d4e-99aa88bb77",
          "answer": {
            "service": "billing",
            "releaseId": "master-0a1b2c3d4e-99aa88bb77",
            "toEnvironment": "dev",
            "tag": "master-0a1b2c3d4e-99aa88bb77",
            "id": "0193b3c5-0000-7000-8000-000000000001",
            "state": "landed",
            "commit": "0123456789abcdef0123456789abcdef01234567"
          },
          "rollout": {
            "state": "ready",
            "artifactId": "master-0a1b2c3d4e-99aa88bb77",
            "workloads": [
              {
                "kind": "Deployment",
                "name": "web",
                "available": 2,
                "desired": 2
              }
            ],
            "observedAt": "2026-01-05T08:15:00Z"
          }
        }
      ]
    }
    [exit 0]
    "#);
}

#[tokio::test]
async fn a_release_that_was_given_up_ends_the_wait_at_once() {
    let double = Double::start().await;
    let pending =
        api::ReleaseResponse { state: "pending".into(), commit: String::new(), ..landed("dev", NEW) };
    let known = |state| api::KnownRelease {
        state,
        reason: "the config repository refused the commit: protected branch".into(),
        ..api::KnownRelease::default()
    };
    let path = format!("GET /releases/{}", pending.id);
    double
        .answers("POST /release", &pending)
        .answers(&path, &known(api::ReleaseState::Pending))
        .answers(&path, &known(api::ReleaseState::Dead));
    let command = format!("release --service billing --artifact {NEW} --env dev --wait --wait-timeout 60s");
    insta::assert_snapshot!(Session::at(&double).run(&command).await, @r"
    ------- stdout
    Release of service: billing
    [✓] Release of master-0a1b2c3d4e-99aa88bb77 to dev accepted, not in Git yet (id 0193b3c5-0000-7000-8000-000000000001)
    ------- stderr
    error: the release of master-0a1b2c3d4e-99aa88bb77 to dev was given up: the config repository refused the commit: protected branch
    hint: when the cause is gone, release it again, or see `hamctl queue list`
    [exit 6]
    ");
    let asked = double.asked();
    assert!(!asked.iter().any(|asked| asked.contains("describe")), "nobody asks what runs: {asked:?}");
}

#[tokio::test]
async fn the_wait_listens_to_the_server_s_events() {
    let double = Double::start().await;
    let event = api::Event::Rollout(Box::default());
    let mut stream = b"id: 1\nevent: rollout\ndata: ".to_vec();
    stream.extend(event.data().unwrap());
    stream.push(b'\n');
    double
        .answers("POST /release", &landed("dev", NEW))
        .answers_with(axum::http::StatusCode::OK, "GET /events", &stream)
        .answers("GET /describe/release/billing/dev", &running(NEW, None))
        .answers("GET /describe/release/billing/dev", &running(NEW, ready(NEW)));
    let command = format!("release --service billing --artifact {NEW} --env dev --wait --wait-timeout 60s");
    let told = Session::at(&double).run(&command).await;
    assert!(told.contains("is ready in dev: Deployment web 2/2") && told.ends_with("[exit 0]"), "{told}");
    let events: Vec<String> =
        double.asked().into_iter().filter(|asked| asked.starts_with("GET /events")).collect();
    assert_eq!(events, ["GET /events?service=billing&environment=dev"], "one connection was enough");
}
