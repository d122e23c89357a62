//! CI pushes artifacts to a Git repository of its own.

use api::{ClientError, CreateArtifactRequest, CreateArtifactResponse, routes};
use artifact::Intent;
use reqwest::Method;
use testkit::git::{SecondWriter, TreeFile};
use testkit::github::PushEvent;
use testkit::{Access, Repository, wait};

use crate::bed::{Bed, PATIENCE, Server, http};
use crate::make;
use crate::s3::with_policy;

const SECRET: &str = "webhook-secret";

/// A server that may read the repository of artifacts and no more, and CI with its own credentials.
async fn bed() -> (Bed, Repository, SecondWriter) {
    let bed = Bed::new().await;
    let artifacts = bed.git.create("artifacts").unwrap();
    let ci = artifacts.second_writer().unwrap();
    let bed = bed
        .flag(format!("--github-webhook-secret={SECRET}"))
        .flag(format!("--artifact-repo={}", artifacts.ssh_url()));
    let key = bed.git.ssh_key(Access::Read);
    (bed.flag(format!("--artifact-repo-ssh-private-key={}", key.display())), artifacts, ci)
}

/// Waits until the first look at the repository is over.
async fn ready(server: &Server) {
    wait::until("the first look", PATIENCE, async || {
        let log = std::fs::read_to_string(server.service.log()).unwrap();
        if log.contains("took in the artifacts that are there") { Ok(()) } else { Err(log) }
    })
    .await;
}

fn push(ci: &SecondWriter, id: &str, message: &str) {
    let mut spec = make::spec("billing", id, "master");
    message.clone_into(&mut spec.application.message);
    let spec = spec.to_file().unwrap();
    let manifest =
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: billing}}\ndata: {{id: {id}}}\n");
    let files =
        [TreeFile::new("artifact.json", &spec), TreeFile::new("dev/configmap.yaml", manifest.as_bytes())];
    ci.push_alone(&format!("billing/{id}"), &files, None).unwrap();
}

/// What GitHub sends after a push.
async fn tell(server: &Server) {
    let PushEvent { body, signature } = PushEvent::new(SECRET, "artifacts", "billing/master-1", "");
    let mut request = http().post(format!("{}{}", server.url, routes::GITHUB_WEBHOOK)).body(body);
    for (name, value) in PushEvent::HEADERS {
        request = request.header(name, value);
    }
    let answer = request.header("x-hub-signature", signature).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pushed_artifact_is_released_and_can_be_promoted_or_asked_for() {
    let (bed, artifacts, ci) = bed().await;
    push(&ci, "master-0", "Before the server");
    let server = with_policy(&bed).await;
    ready(&server).await;
    push(&ci, "master-1", "Build");
    tell(&server).await;
    bed.commit("[dev/billing] auto release master-1 by bo@corp.test").await;
    let stored = bed.repo.file("master", "dev/releases/dev/billing/configmap.yaml").unwrap();
    assert!(stored.contains("master-1"), "{stored}");

    let landed = server.release("billing", "dev", "master-0", &Intent::ReleaseArtifact).await.unwrap();
    assert_eq!(landed.state, "landed");
    let titles: Vec<String> = bed.history().iter().map(|commit| commit.subject().to_owned()).collect();
    let of_old = titles.iter().filter(|title| title.contains("master-0")).count();
    assert_eq!(of_old, 1, "what was there before the server is no news: {titles:?}");

    let request = CreateArtifactRequest {
        artifact: make::spec("billing", "master-2", "master"),
        md5: "1B2M2Y8AsgTpgAmY7PhCfg==".into(),
    };
    let created: Result<CreateArtifactResponse, ClientError> =
        server.client("ci-token").call(Method::POST, &[routes::CREATE_ARTIFACT], &request).await;
    let report = explain::Report::new(&created.unwrap_err());
    assert!(report.message.contains("CI pushes them to"), "{report:?}");
    assert!(
        report.hint.starts_with(&format!(
            "push the artifact's files as branch billing/master-2 of {}",
            artifacts.ssh_url()
        )),
        "{report:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_that_is_moved_changes_nothing_and_is_shown_once() {
    let (bed, _artifacts, ci) = bed().await;
    let server = with_policy(&bed).await;
    ready(&server).await;
    push(&ci, "master-1", "Build");
    tell(&server).await;
    bed.commit("[dev/billing] auto release master-1 by bo@corp.test").await;
    push(&ci, "master-1", "Something else");
    tell(&server).await;
    let reason = server.dead("movedArtifact").await;
    assert!(reason.starts_with("the branch of artifact billing/master-1 was moved from"), "{reason}");
    drop(server);

    let server = bed.start().await;
    push(&ci, "master-2", "Build");
    tell(&server).await;
    bed.commit("[dev/billing] auto release master-2 by bo@corp.test").await;
    let waiting: serde_json::Value = server.hamctl().get(&["/queue"], &[]).await.unwrap();
    let told = waiting["items"].as_array().unwrap().iter().filter(|item| item["kind"] == "movedArtifact");
    assert_eq!(told.count(), 1, "{waiting}");
    let listed: api::DescribeArtifactsResponse =
        server.hamctl().get(&[routes::DESCRIBE_ARTIFACT, "billing"], &[("count", "5")]).await.unwrap();
    let messages: Vec<&str> =
        listed.artifacts.iter().map(|artifact| artifact.application.message.as_str()).collect();
    assert!(messages.contains(&"Build") && !messages.contains(&"Something else"), "{messages:?}");
}
