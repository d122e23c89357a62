//! Mistakes get one clear sentence with the next step.

use api::{
    ApplyAutoReleaseRequest, ApplyBranchRestrictionRequest, ClientError, CreateArtifactRequest,
    CreateArtifactResponse, routes,
};
use artifact::Intent;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use explain::{Explain, Kind, Report};
use md5::{Digest, Md5};
use reqwest::Method;

use crate::bed::{Bed, Server};
use crate::make;

fn said<T: std::fmt::Debug>(answer: Result<T, ClientError>) -> String {
    let error = answer.unwrap_err();
    let report = Report::new(&error).to_string();
    let (before, after) = report.split_once(" (reference: ").unwrap();
    format!("{before}{}", after.split_once(')').unwrap().1)
}

async fn release(server: &Server, service: &str, environment: &str, id: &str) -> String {
    said(server.release(service, environment, id, &Intent::ReleaseArtifact).await)
}

/// Puts an artifact with a broken spec into the store, as another program could.
fn plant_broken(data: &std::path::Path) {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("artifact.json", zip::write::SimpleFileOptions::default()).unwrap();
    std::io::Write::write_all(&mut zip, br#"{"id":"broken-1","service":"billing","brnch":"master"}"#)
        .unwrap();
    let zip = zip.finish().unwrap().into_inner();
    std::fs::write(data.join("artifacts/billing/broken-1.zip"), zip).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_mistake_is_explained() {
    let bed = Bed::new().await;
    let server = bed.start().await;
    server.upload("billing", "master-1", "master").await;
    server.upload("billing", "hotfix-1", "hotfix").await;
    plant_broken(bed.data.path());
    let hamctl = server.hamctl();
    let restriction = ApplyBranchRestrictionRequest {
        service: "billing".into(),
        environment: "prod".into(),
        branch_regex: "^master$".into(),
        committer_name: "Ida Holm".into(),
        committer_email: "ida@corp.test".into(),
    };
    let path = [routes::BRANCH_RESTRICTION];
    let _answer: api::BranchRestrictionBody = hamctl.call(Method::PATCH, &path, &restriction).await.unwrap();

    let latest = hamctl.get::<api::DescribeArtifactsResponse>(
        &[routes::DESCRIBE_LATEST_ARTIFACT, "billing"],
        &[("branch", "nope")],
    );
    let unparsable = ApplyBranchRestrictionRequest { branch_regex: "^m(".into(), ..restriction.clone() };
    let unknown_place = ApplyAutoReleaseRequest {
        service: "billing".into(),
        branch: "master".into(),
        environment: "mars".into(),
        committer_name: "Ida Holm".into(),
        committer_email: "ida@corp.test".into(),
    };
    let answers = [
        ("unknown service", release(&server, "bling", "dev", "master-1").await),
        ("no artifact", release(&server, "billing", "dev", "master-9").await),
        ("broken artifact.json", release(&server, "billing", "dev", "broken-1").await),
        ("unknown environment", release(&server, "billing", "mars", "master-1").await),
        ("path trick", release(&server, "billing", "../prod", "master-1").await),
        ("restricted branch", release(&server, "billing", "prod", "hotfix-1").await),
        ("nothing given", release(&server, "", " ", "").await),
        ("unknown branch", said(latest.await)),
        ("broken pattern", said(hamctl.call::<(), _>(Method::PATCH, &path, &unparsable).await)),
        (
            "policy for nowhere",
            said(hamctl.call::<(), _>(Method::PATCH, &[routes::AUTO_RELEASE], &unknown_place).await),
        ),
        ("bad token", said(server.client("wrong").get::<()>(&[routes::STATUS], &[("service", "x")]).await)),
        (
            "token of another group",
            said(server.client("ci-token").get::<()>(&[routes::STATUS], &[("service", "x")]).await),
        ),
    ];
    let text: Vec<String> = answers.iter().map(|(what, said)| format!("# {what}\n{said}")).collect();
    insta::assert_snapshot!(text.join("\n\n"));
    assert_eq!(bed.history().len(), 1, "only the policy was written");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_upload_is_refused_and_not_kept() {
    let bed = Bed::new().await;
    let server = bed.start().await;
    let spec = make::spec("billing", "master-1", "master");
    assert_eq!(server.upload_zip(&spec, b"no zip".to_vec()).await, 400);
    let other = make::zip(&make::spec("billing", "master-2", "master"));
    assert_eq!(server.upload_zip(&spec, other).await, 400);
    assert_eq!(server.upload_zip(&spec, make::zip(&spec)).await, 200);
    assert_eq!(server.upload_zip(&spec, make::zip(&spec)).await, 200, "the same again");
    let changed = make::zip(&artifact::ArtifactSpec { squad: "other".into(), ..spec.clone() });
    let md5 = BASE64_STANDARD.encode(Md5::digest(&changed));
    let request = CreateArtifactRequest { artifact: spec.clone(), md5 };
    let refused: Result<CreateArtifactResponse, ClientError> =
        server.client("ci-token").call(Method::POST, &[routes::CREATE_ARTIFACT], &request).await;
    assert_eq!(refused.unwrap_err().kind(), Kind::Conflict, "before anything is sent");
}
