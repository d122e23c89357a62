//! Real pods: what becomes of them is told at the line that asked for them, and nobody else waits for it.

use ring::hmac;
use testkit::Port;

use crate::controller::{PUSH, field, unit};
use crate::corner::{Corner, IMAGE, can_have_nodes};

const SECRET: &str = "between the Git host and us";
const MISSING: &str = "docker.io/library/missing:1";

/// A Deployment of one pod, at line 2 of its file.
fn deployment(service: &str, image: &str, script: &str) -> String {
    format!(
        "# One pod\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {service}}}\nspec:\n  \
         selector: {{matchLabels: {{app: {service}}}}}\n  template:\n    metadata: {{labels: {{app: {service}}}}}\n    \
         spec:\n      terminationGracePeriodSeconds: 0\n      containers:\n        - name: app\n          \
         image: {image}\n          imagePullPolicy: Never\n          command: [sh, -c, \"{script}\"]\n          \
         readinessProbe: {{httpGet: {{path: /index.html, port: 8080}}, periodSeconds: 1}}\n"
    )
}

/// One that serves, and says which version it is.
fn serves(service: &str, version: &str) -> String {
    let script = format!("mkdir /www; echo {version} > /www/index.html; exec httpd -f -p 8080 -h /www");
    deployment(service, IMAGE, &script)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_becomes_of_pods_is_told_and_holds_up_nobody() {
    if !can_have_nodes() {
        return;
    }
    let mut corner = Corner::new().await;
    corner.controller.start_with(&[("poll-interval", "200ms".to_owned())]);
    become_healthy(&corner).await;
    a_crash_is_told_and_its_neighbour_goes_on(&corner).await;
    a_fix_does_not_wait_for_the_rollout_that_hangs(&corner).await;
    a_missing_image_is_named(&corner).await;
    a_broken_file_keeps_what_runs(&corner).await;
    a_push_is_told_by_webhook(&mut corner).await;
}

async fn become_healthy(corner: &Corner) {
    let commit = corner.push(&[("web", &serves("web", "1")), ("side", &serves("side", "1"))]);
    let units = corner.controller.healthy(&commit).await;
    for service in ["web", "side"] {
        assert_eq!(field(&units, service, "commit"), commit);
        assert_eq!(corner.deployment(service, ".status.readyReplicas"), "1");
    }
}

async fn a_crash_is_told_and_its_neighbour_goes_on(corner: &Corner) {
    let before = corner.controller.get("/units").await;
    let before = serde_json::from_str(&before).unwrap();
    let crashing = corner.push(&[("web", &deployment("web", IMAGE, "echo no database; exit 3"))]);
    let units =
        corner.controller.units("a crash", |units| unit(units, "/web").1.contains("CrashLoopBackOff")).await;
    let (state, message) = unit(&units, "/web");
    assert_eq!((state, field(&units, "/web", "commit")), ("failing", crashing.as_str()));
    let at = format!("40-deployment.yaml:2: Deployment.apps {}/web: pod web-", corner.namespace("web"));
    assert!(message.starts_with(&at), "{message}");
    assert!(message.ends_with(": container app: CrashLoopBackOff: exit code 3"), "{message}");
    assert_eq!(unit(&units, "/side").0, "healthy");
    assert_eq!(field(&units, "/side", "commit"), field(&before, "/side", "commit"));

    let commit = corner.push(&[("side", &serves("side", "2"))]);
    let units = corner
        .controller
        .units("a healthy neighbour", |units| {
            field(units, "/side", "commit") == commit && unit(units, "/side").0 == "healthy"
        })
        .await;
    assert_ne!(unit(&units, "/web").0, "healthy");
    assert_eq!(field(&units, "/web", "commit"), crashing, "it has not changed since");
    assert_eq!(corner.deployment("web", ".status.readyReplicas"), "1", "the version before still serves");
}

/// The rollout would hang for ten minutes, longer than this test waits.
async fn a_fix_does_not_wait_for_the_rollout_that_hangs(corner: &Corner) {
    let commit = corner.push(&[("web", &serves("web", "2"))]);
    let units = corner.controller.healthy(&commit).await;
    assert_eq!(field(&units, "/web", "commit"), commit);
    assert_eq!(corner.deployment("web", ".status.unavailableReplicas"), "");
}

async fn a_missing_image_is_named(corner: &Corner) {
    corner.push(&[("web", &deployment("web", MISSING, "true"))]);
    let named = |units: &_| unit(units, "/web").1.contains("ImagePullBackOff");
    let units = corner.controller.units("a missing image", named).await;
    let (state, message) = unit(&units, "/web");
    assert!(state == "failing" && message.contains(MISSING), "{message}");
}

async fn a_broken_file_keeps_what_runs(corner: &Corner) {
    let fixed = corner.push(&[("web", &serves("web", "3"))]);
    corner.controller.healthy(&fixed).await;
    let generation = corner.deployment("web", ".metadata.generation");
    let broken = "kind: Deployment\nspec: [\n";
    let commit = corner.push(&[("web", broken), ("side", &serves("side", "3"))]);
    let units = corner
        .controller
        .units("a broken file beside a healthy neighbour", |units| {
            units["revision"] == commit.as_str()
                && unit(units, "/web").0 == "failing"
                && unit(units, "/side").0 == "healthy"
        })
        .await;
    assert_eq!(field(&units, "/side", "commit"), commit);
    let (_, message) = unit(&units, "/web");
    assert!(message.starts_with("40-deployment.yaml:2: "), "{message}");
    assert_eq!(corner.deployment("web", ".metadata.generation"), generation, "nobody has touched it");
    assert_eq!(corner.deployment("web", ".status.readyReplicas"), "1");
}

async fn a_push_is_told_by_webhook(corner: &mut Corner) {
    let webhook = Port::reserve().unwrap();
    let never = [
        ("poll-interval", "1h".to_owned()),
        ("webhook-port", webhook.address().port().to_string()),
        ("webhook-secret-file", corner.file("secret", SECRET)),
    ];
    corner.controller.kill();
    corner.controller.start_with(&never);
    corner.controller.readyz(200, "").await;
    let commit = corner.push(&[("web", &serves("web", "4"))]);
    let refusal = "the signature in X-Hub-Signature-256 is missing or wrong\n";
    assert_eq!(corner.controller.tell_push(&webhook, None).await, (401, refusal.to_owned()));
    assert!(!corner.controller.get("/units").await.contains(&commit), "nobody has told it of the commit");
    let said = corner.controller.tell_push(&webhook, Some(&signature())).await;
    assert_eq!(said, (202, "fetching\n".to_owned()));
    corner.controller.healthy(&commit).await;

    corner.controller.kill();
    corner.controller.start_with(&never[..2]);
    corner.controller.readyz(200, "").await;
    let commit = corner.push(&[("web", &serves("web", "5"))]);
    assert_eq!(corner.controller.tell_push(&webhook, None).await, (202, "fetching\n".to_owned()));
    corner.controller.healthy(&commit).await;
}

fn signature() -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let tag = hmac::sign(&key, PUSH.as_bytes());
    let digits: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={digits}")
}
