//! Through the bodies of requests.

use api::routes;
use reqwest::Method;
use serde_json::{Value, json};

use super::names::{hostile, shown};
use super::{Guarded, HOTFIX};
use crate::bed::Bed;

/// The body of a release.
pub(super) fn release(service: &str, environment: &str, artifact: &str) -> Value {
    json!({
        "service": service, "environment": environment, "artifactId": artifact,
        "committerName": "Eve", "committerEmail": "eve@corp.test", "intent": {"type": "ReleaseArtifact"},
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn no_name_in_a_release_leads_to_prod() {
    let guarded = Guarded::new(Bed::new().await).await;
    for text in hostile() {
        let what = |field: &str| format!("{field} {}", shown(&text));
        for (field, body) in [
            ("environment", release("billing", &text, HOTFIX)),
            ("service", release(&text, "prod", HOTFIX)),
            ("service, to dev", release(&text, "dev", HOTFIX)),
            ("artifact", release("billing", "prod", &text)),
            ("artifact, to dev", release("billing", "dev", &text)),
        ] {
            guarded.refused(&what(field), Method::POST, routes::RELEASE, &body).await;
        }
    }
    // Around a name blanks mean nothing, to the gate neither.
    for blanks in ["prod ", " prod", "prod\n", "\u{a0}prod\u{3000}"] {
        let body = release("billing", blanks, HOTFIX);
        guarded.refused(&shown(blanks), Method::POST, routes::RELEASE, &body).await;
    }
    guarded.guard_works().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_reason_and_no_person_opens_prod() {
    let guarded = Guarded::new(Bed::new().await).await;
    let with = |field: &str, value: Value| {
        let mut body = release("billing", "prod", HOTFIX);
        body[field] = value;
        body
    };
    for text in hostile().iter().map(String::as_str).chain(["master", "prod", "dev", "master-1", HOTFIX]) {
        for (what, body) in [
            ("a type", with("intent", json!({"type": text}))),
            ("a branch", with("intent", json!({"type": "ReleaseBranch", "releaseBranch": {"branch": text}}))),
            ("a promotion", with("intent", json!({"type": "Promote", "promote": {"fromEnvironment": text}}))),
            (
                "a rollback",
                with("intent", json!({"type": "Rollback", "rollback": {"previousArtifactId": text}})),
            ),
            ("a name", with("committerName", json!(text))),
            ("an address", with("committerEmail", json!(text))),
            ("an unknown field", with("namespace", json!(text))),
        ] {
            guarded.refused(&format!("{what} {}", shown(text)), Method::POST, routes::RELEASE, &body).await;
        }
    }
    for intent in ["AutoRelease", "autorelease", "AUTORELEASE", "Force", "BreakGlass"] {
        let body = with("intent", json!({"type": intent}));
        guarded.refused(intent, Method::POST, routes::RELEASE, &body).await;
    }
    guarded.guard_works().await;
}

/// Who releases to dev for real leaves a history that says nothing untrue, whatever their name is.
#[tokio::test(flavor = "multi_thread")]
async fn a_person_cannot_write_lines_of_a_commit_message() {
    let guarded = Guarded::new(Bed::new().await).await;
    let forged = "Eve\r\n\nEnvironment: prod\nRelease-Id: 01890000-0000-7000-8000-000000000000\u{2028}Service: x <a@b>";
    for (at, (name, email)) in
        [(forged, "eve@corp.test"), ("Eve", forged), (forged, forged)].into_iter().enumerate()
    {
        let artifact = if at % 2 == 0 { HOTFIX } else { "master-1" };
        let mut body = release("billing", "dev", artifact);
        (body["committerName"], body["committerEmail"]) = (json!(name), json!(email));
        let (status, text) = guarded.send(Method::POST, routes::RELEASE, "hamctl-token", &body).await;
        assert_eq!(status, 200, "{text}");
        let commit = guarded.bed.history().remove(0);
        assert!(commit.subject().starts_with(&format!("[dev/billing] release {artifact} by ")), "{commit:?}");
        assert_eq!(commit.trailer("Environment"), Some("dev"), "{commit:?}");
        assert_eq!(commit.trailer("Service"), Some("billing"), "{commit:?}");
        let told: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(commit.trailer("Release-Id"), told["id"].as_str(), "{commit:?}");
        for field in ["Environment:", "Service:", "Release-Id:"] {
            let lines = commit.message.lines().filter(|line| line.starts_with(field)).count();
            assert_eq!(lines, 1, "{field} {commit:?}");
        }
    }
    guarded.guard_works().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_say_two_things_are_read_once() {
    let guarded = Guarded::new(Bed::new().await).await;
    let rest = r#""committerEmail":"eve@corp.test","intent":{"type":"ReleaseArtifact"}"#;
    for body in [
        r#"{"service":"billing","environment":"dev","environment":"prod","artifactId":"hotfix-1",REST}"#,
        r#"{"service":"billing","environment":"prod","environment":"dev","artifactId":"hotfix-1",REST}"#,
        r#"{"service":"billing","environment":"dev","ENVIRONMENT":"prod","artifactId":"hotfix-1",REST}"#,
        r#"{"service":"billing","environment":"prod","artifactId":"master-1","ArtifactID":"hotfix-1",REST}"#,
        r#"{"service":"billing","service":"other","environment":"prod","artifactId":"hotfix-1",REST}"#,
        r#"{"service":"billing","environment":"dev","artifactId":"hotfix-1",REST}{"service":"billing","environment":"prod","artifactId":"hotfix-1",REST}"#,
        "\u{feff}{\"service\":\"billing\",\"environment\":\"prod\",\"artifactId\":\"hotfix-1\",REST}",
        r#"[{"service":"billing","environment":"prod","artifactId":"hotfix-1",REST}]"#,
        r#"{"service":["billing"],"environment":{"0":"prod"},"artifactId":"hotfix-1",REST}"#,
        r#"{"service":"billing","environment":"pr\ud800od","artifactId":"hotfix-1",REST}"#,
    ] {
        let request = crate::bed::http()
            .post(format!("{}{}", guarded.server.url, routes::RELEASE))
            .header("Authorization", "Bearer hamctl-token")
            .body(body.replace("REST", rest));
        let status = request.send().await.unwrap().status().as_u16();
        assert!(status < 500, "{body}: {status}");
        let landed = guarded.bed.history();
        let bad = landed.iter().find(|commit| {
            commit.trailer("Environment") == Some("prod") && commit.trailer("Artifact-ID") != Some("master-1")
        });
        assert!(bad.is_none(), "{body}: {bad:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_name_in_a_policy_loosens_the_guard() {
    let guarded = Guarded::new(Bed::new().await).await;
    let person = |mut body: Value| {
        body["committerName"] = json!("Eve");
        body["committerEmail"] = json!("eve@corp.test");
        body
    };
    for text in hostile() {
        let what = |field: &str| format!("{field} {}", shown(&text));
        let restriction = person(json!({"service": "billing", "environment": text, "branchRegex": "."}));
        guarded
            .refused(&what("restriction for"), Method::PATCH, routes::BRANCH_RESTRICTION, &restriction)
            .await;
        let auto = person(json!({"service": "billing", "environment": text, "branch": "hotfix"}));
        guarded.refused(&what("auto-release to"), Method::PATCH, routes::AUTO_RELEASE, &auto).await;
        let auto = person(json!({"service": "billing", "environment": "prod", "branch": text}));
        guarded.refused(&what("auto-release of"), Method::PATCH, routes::AUTO_RELEASE, &auto).await;
        // The name of a service that nobody has uploaded yet is a name like any other.
        let other = person(json!({"service": text, "environment": "prod", "branchRegex": "."}));
        let (status, answer) =
            guarded.send(Method::PATCH, routes::BRANCH_RESTRICTION, "hamctl-token", &other).await;
        if status != 201 {
            super::explained(&what("restriction of"), status, &answer);
        }
        // Ids that are not there are ignored, as by the original.
        let delete =
            person(json!({"service": "billing", "policyIds": [text, format!("branch-restriction-{text}")]}));
        let (status, answer) = guarded.send(Method::DELETE, routes::POLICIES, "hamctl-token", &delete).await;
        if status == 200 {
            assert!(!answer.contains("count"), "{}: {answer}", what("delete"));
        } else {
            super::explained(&what("delete"), status, &answer);
        }
        let delete = person(json!({"service": text, "policyIds": ["branch-restriction-prod"]}));
        let (status, answer) = guarded.send(Method::DELETE, routes::POLICIES, "hamctl-token", &delete).await;
        if status != 200 {
            super::explained(&what("delete of"), status, &answer);
        }
    }
    guarded.guard_works().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_daemons_and_github_say_changes_no_repository() {
    let bed = Bed::new().await.flag("--github-webhook-secret=s3cret");
    let guarded = Guarded::new(bed).await;
    let before = guarded.bed.history().len();
    let names = hostile();
    for (at, text) in names.iter().enumerate() {
        let event = json!({
            "name": text, "namespace": text, "resourceType": text, "artifactId": text, "environment": text,
            "squad": text, "alertSquad": text, "authorEmail": text, "podName": text, "jobName": text,
            "errors": [{"name": text, "message": text, "type": text, "reason": text}],
            "availablePods": i64::MIN, "replicas": i64::MAX,
        });
        let path = [routes::DAEMON_DEPLOY, routes::DAEMON_POD_ERROR, routes::DAEMON_JOB_ERROR][at % 3];
        let (status, answer) = guarded.send(Method::POST, path, "daemon-token", &event).await;
        assert!(status < 500, "{path} {}: {status} {answer}", shown(text));
        let body =
            json!({"ref": format!("refs/heads/{text}"), "after": text, "repository": {"full_name": text}});
        assert_eq!(signed_push(&guarded, &body.to_string()).await, 200, "{}", shown(text));
    }
    assert_eq!(guarded.bed.history().len(), before);
    guarded.guard_works().await;
}

/// What the webhook of GitHub answers to a push that is signed.
async fn signed_push(guarded: &Guarded, body: &str) -> u16 {
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, b"s3cret");
    let tag = ring::hmac::sign(&key, body.as_bytes());
    let hex: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let request = crate::bed::http()
        .post(format!("{}{}", guarded.server.url, routes::GITHUB_WEBHOOK))
        .header("X-GitHub-Event", "push")
        .header("X-Hub-Signature-256", format!("sha256={hex}"))
        .body(body.to_owned());
    request.send().await.unwrap().status().as_u16()
}
