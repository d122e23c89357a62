//! The server that we replace: what it can do works, and of all else hamctl says that it cannot.

use api::EnvironmentStatus;
use axum::http::StatusCode;

use crate::double::Double;
use crate::samples::{NEW, OLD, artifact, artifacts, dev, prod, releases, status};
use crate::session::Session;

/// It has these routes, and answers `not found` to all others.
async fn original() -> Double {
    let double = Double::start().await;
    let mut answer = releases();
    answer.releases.truncate(1);
    let released = api::ReleaseResponse {
        service: "billing".into(),
        release_id: NEW.into(),
        to_environment: "prod".into(),
        tag: NEW.into(),
        ..api::ReleaseResponse::default()
    };
    double
        .answers_with(StatusCode::OK, "GET /ping", b"pong")
        .answers("GET /status", &status(vec![dev(), prod()]))
        .answers("GET /describe/release/billing/dev", &releases())
        .answers("GET /describe/release/billing/prod", &answer)
        .answers("GET /describe/artifact/billing", &artifacts(vec![artifact(NEW, "Add refund limit")]))
        .answers("GET /describe/latest-artifact/billing", &artifacts(vec![artifact(NEW, "Add refund limit")]))
        .answers("POST /release", &released)
        .refuses(404, "GET /policies", "no policies exist", "");
    double
}

#[tokio::test]
async fn each_command_works_or_says_that_the_server_cannot() {
    let double = original().await;
    let session = Session::at(&double);
    let mut told = String::new();
    for command in [
        "status --service billing",
        "promote --service billing --env prod",
        "promote --service billing --env staging",
        "release --service billing --branch master --env prod",
        "release --service billing --branch master --env prod --wait --wait-timeout 0s",
        "release --service billing --branch master --env prod --dry-run",
        "diff --service billing --env prod",
        "history --service billing --output json",
        "describe artifact --service billing",
        "policy list --service billing",
        "services",
        "queue list",
        "queue retry 7",
        "whoami",
    ] {
        told.push_str(&format!("$ hamctl {command}\n{}\n\n", session.run(command).await));
    }
    insta::assert_snapshot!("original", told);
    let released: Vec<String> =
        double.asked().into_iter().filter(|asked| asked.starts_with("POST /release ")).collect();
    assert_eq!(released.len(), 3, "what it could not foretell it was not asked to do: {released:?}");
}

#[tokio::test]
async fn the_doctor_knows_it() {
    let double = original().await;
    let told = Session::at(&double).run("doctor --service billing").await;
    for line in [
        "[✓] readiness: it does not say: the original release-manager has no such answer\n",
        "[!] access: it is the original release-manager, or an older one\n",
        "    hint: diff, --dry-run, services, queue and the order of environments need a newer server\n",
    ] {
        assert!(told.contains(line), "{told}");
    }
    assert!(!told.contains("version:") && told.ends_with("[exit 0]"), "{told}");
}

#[tokio::test]
async fn a_watched_status_and_a_wrong_method_are_no_trouble() {
    let double = original().await;
    double.answers_with(StatusCode::METHOD_NOT_ALLOWED, "GET /environments", b"");
    let session = Session::at(&double);
    assert!(session.run("promote --service billing --env prod").await.ends_with("[exit 0]"));
    // A thing that is not there is not a command that is not there.
    double.refuses(404, "GET /diff/billing/prod", "artifact 'x' not found for service 'billing'", "");
    let told = session.run(&format!("diff --service billing --env prod --artifact {OLD}")).await;
    assert!(told.contains("error: artifact 'x' not found for service 'billing'"), "{told}");
    // Nor is a page of somebody else's.
    double.answers_with(StatusCode::NOT_FOUND, "GET /services", b"<html>");
    let told = session.run("services").await;
    assert!(told.contains("is not one of a release manager: status 404"), "{told}");
}

#[tokio::test]
async fn documents_of_a_watch_are_apart() {
    let double = Double::start().await;
    let row = |tag: &str| EnvironmentStatus { tag: tag.into(), ..dev() };
    double
        .answers("GET /status", &status(vec![row(OLD)]))
        .answers("GET /status", &status(vec![row(NEW)]))
        .refuses(401, "GET /status", "please provide a valid authentication token", "");
    let session = Session::at(&double);
    let told = session.run("status --service billing --watch -o yaml").await;
    let documents: Vec<&str> = told.split("\n---\n").collect();
    assert_eq!(documents.len(), 2, "{told}");
    assert!(documents[0].contains(OLD) && documents[1].contains(NEW), "{told}");
    assert!(told.ends_with("[exit 4]"), "{told}");
}
