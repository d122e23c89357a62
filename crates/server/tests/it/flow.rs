//! A change travels: dev, staging, back again.

use api::{DescribeArtifactsResponse, DescribeReleaseResponse, EnvironmentsResponse, routes};
use artifact::Intent;

use crate::bed::{BRANCH, Bed};

#[tokio::test(flavor = "multi_thread")]
async fn a_release_is_one_commit_and_everything_tells_of_it() {
    let bed = Bed::new().await;
    let server = bed.start().await;
    server.upload("billing", "master-1", "master").await;
    server.upload("billing", "master-2", "master").await;

    let first = server.release("billing", "dev", "master-1", &Intent::ReleaseArtifact).await.unwrap();
    assert_eq!((first.state.as_str(), first.tag.as_str()), ("landed", "master-1"));
    let commit = &bed.history()[0];
    assert_eq!(commit.id, first.commit);
    assert_eq!(commit.subject(), "[dev/billing] release master-1 by ida@corp.test");
    assert_eq!(commit.trailer("Release-Id"), Some(first.id.as_str()));
    let stored = bed.repo.file(BRANCH, "dev/releases/dev/billing/configmap.yaml").unwrap();
    assert!(stored.contains("id: master-1"), "{stored}");

    let again = server.release("billing", "dev", "master-1", &Intent::ReleaseArtifact).await.unwrap();
    assert_eq!(again.status, "Environment 'dev' is already up-to-date");
    assert_eq!((again.state.as_str(), bed.history().len()), ("unchanged", 1));

    let promote = Intent::Promote { from: "dev".parse().unwrap() };
    server.release("billing", "staging", "master-1", &promote).await.unwrap();
    let branch = Intent::ReleaseBranch { branch: "master".parse().unwrap() };
    server.release("billing", "dev", "master-2", &branch).await.unwrap();
    let rollback = Intent::Rollback { previous: "master-2".parse().unwrap() };
    server.release("billing", "dev", "master-1", &rollback).await.unwrap();
    let titles: Vec<String> = bed.history().iter().map(|commit| commit.subject().to_owned()).collect();
    assert_eq!(
        titles,
        [
            "[dev/billing] rollback master-1 by ida@corp.test",
            "[dev/billing] release master-2 by ida@corp.test",
            "[staging/billing] release master-1 by ida@corp.test",
            "[dev/billing] release master-1 by ida@corp.test",
        ]
    );

    let status = server.status("billing").await;
    let rows: Vec<(&str, &str)> =
        status.environments.iter().map(|row| (row.name.as_str(), row.tag.as_str())).collect();
    assert_eq!(rows, [("dev", "master-1"), ("staging", "master-1")]);
    let hamctl = server.hamctl();
    let described: DescribeReleaseResponse =
        hamctl.get(&[routes::DESCRIBE_RELEASE, "billing", "dev"], &[("count", "2")]).await.unwrap();
    let ids: Vec<&str> = described.releases.iter().map(|release| release.artifact.id.as_str()).collect();
    assert_eq!(ids, ["master-1", "master-2"]);
    assert_eq!(described.releases[0].intent.type_name, "Rollback");
    let latest: DescribeArtifactsResponse =
        hamctl.get(&[routes::DESCRIBE_LATEST_ARTIFACT, "billing"], &[("branch", "master")]).await.unwrap();
    assert_eq!(latest.artifacts[0].id, "master-2");
    let environments: EnvironmentsResponse = hamctl.get(&[routes::ENVIRONMENTS], &[]).await.unwrap();
    let order: Vec<(&str, &str)> =
        environments.environments.iter().map(|one| (one.name.as_str(), one.promotes_from.as_str())).collect();
    assert_eq!(order, [("dev", "master"), ("staging", "dev"), ("prod", "staging")]);
    assert_eq!(server.known(&first.id).await.unwrap().commit, first.commit);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_works_over_http_with_a_token_file() {
    let mut bed = Bed::new().await;
    let token = bed.data.path().join("token");
    std::fs::write(&token, bed.git.token(testkit::Access::Write)).unwrap();
    bed.flags.push(format!("--config-repo={}", bed.repo.http_url()));
    bed.flags.push(format!("--git-token-file={}", token.display()));
    let server = bed.start().await;
    server.upload("billing", "master-1", "master").await;
    let landed = server.release("billing", "dev", "master-1", &Intent::ReleaseArtifact).await.unwrap();
    assert_eq!(bed.history()[0].id, landed.commit);
    let log = std::fs::read_to_string(server.service.log()).unwrap();
    assert!(!log.contains(bed.git.token(testkit::Access::Write)) && !log.contains("hamctl-token"), "{log}");
}
