//! What a release would do, asked before it is done.

use api::{ClientError, Decision, DiffResponse, DryRunResponse, IntentBody, ReleaseRequest, routes};
use artifact::Intent;
use reqwest::Method;

use crate::bed::{Bed, Server};

fn request(environment: &str, id: &str, intent: &Intent) -> ReleaseRequest {
    ReleaseRequest {
        service: "billing".to_owned(),
        environment: environment.to_owned(),
        artifact_id: id.to_owned(),
        committer_name: "Ida Holm".to_owned(),
        committer_email: "ida@corp.test".to_owned(),
        intent: IntentBody::from(intent),
    }
}

async fn dry_run(server: &Server, asked: &ReleaseRequest) -> Result<DryRunResponse, ClientError> {
    server.hamctl().call(Method::POST, &[routes::DRY_RUN], asked).await
}

async fn diff(server: &Server, environment: &str, query: (&str, &str)) -> Result<DiffResponse, ClientError> {
    server.hamctl().get(&[routes::DIFF, "billing", environment], &[query]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_says_what_the_release_then_does() {
    let bed = Bed::new().await.flag("--policy-branch-restrictions=prod=^release/");
    let server = bed.start().await;
    server.upload("billing", "master-1", "master").await;
    let rollback = Intent::Rollback { previous: "master-9".parse().unwrap() };
    let hotfix = Intent::ReleaseBranch { branch: "hotfix".parse().unwrap() };
    for (environment, id, intent) in [
        ("dev", "master-1", Intent::ReleaseArtifact),
        ("dev", "master-1", Intent::ReleaseArtifact),
        ("prod", "master-1", Intent::ReleaseArtifact),
        ("prod", "master-1", hotfix),
        ("mars", "master-1", Intent::ReleaseArtifact),
        ("staging", "master-1", rollback),
        ("staging", "master-0", Intent::ReleaseArtifact),
        ("../prod", "master-1", Intent::ReleaseArtifact),
    ] {
        let name = format!("{id} to {environment} as {}", intent.type_name());
        let before = bed.history().len();
        let told = dry_run(&server, &request(environment, id, &intent)).await;
        assert_eq!(bed.history().len(), before, "{name}: a dry run makes no commit");
        let done = server.release("billing", environment, id, &intent).await;
        match (told, done) {
            (Ok(told), Ok(done)) => {
                let state = match told.decision {
                    Decision::Approved => "landed",
                    Decision::Unchanged => "unchanged",
                    Decision::Denied => "denied",
                };
                assert_eq!(state, done.state, "{name}");
                assert!(told.reasons.is_empty(), "{name}: {told:?}");
            }
            (Ok(told), Err(ClientError::Refused { body, .. })) => {
                assert_eq!(told.decision, Decision::Denied, "{name}");
                let reasons: Vec<&str> = told.reasons.iter().map(|reason| &*reason.message).collect();
                assert_eq!(reasons.join("; "), body.message, "{name}");
            }
            (Err(told), Err(done)) => {
                let message = |error: &ClientError| match error {
                    ClientError::Refused { body, .. } => body.message.clone(),
                    other => other.to_string(),
                };
                assert_eq!(message(&told), message(&done), "{name}");
            }
            (told, done) => panic!("{name}: told {told:?}, done {done:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_difference_is_told_file_by_file_from_either_end() {
    let bed = Bed::new().await;
    let server = bed.start().await;
    server.upload("billing", "master-1", "master").await;
    server.upload("billing", "master-2", "master").await;
    let fresh = diff(&server, "dev", ("artifact", "master-1")).await.unwrap();
    assert_eq!((fresh.running.as_str(), fresh.files.len()), ("", 1));
    assert_eq!(fresh.files[0].before, None);
    server.release("billing", "dev", "master-1", &Intent::ReleaseArtifact).await.unwrap();

    let newest = diff(&server, "dev", ("branch", "master")).await.unwrap();
    assert_eq!((newest.running.as_str(), newest.artifact.as_str()), ("master-1", "master-2"));
    let file = &newest.files[0];
    assert_eq!(file.name, "configmap.yaml");
    let text = |side: &Option<api::FileText>| side.as_ref().unwrap().text.clone();
    assert!(text(&file.before).ends_with("id: master-1\n") && text(&file.after).ends_with("id: master-2\n"));

    let same = diff(&server, "dev", ("artifact", "master-1")).await.unwrap();
    assert_eq!((same.files.len(), same.unchanged), (0, 1));
    for (environment, query) in [
        ("dev", ("artifact", "master-7")),
        ("dev", ("branch", "x")),
        ("dev", ("x", "y")),
        ("mars", ("branch", "master")),
    ] {
        let error = diff(&server, environment, query).await.unwrap_err();
        assert!(matches!(error, ClientError::Refused { .. }), "{query:?}: {error}");
    }
}
