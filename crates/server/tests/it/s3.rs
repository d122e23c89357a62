//! Artifacts in S3.

use api::{ApplyAutoReleaseRequest, routes};
use reqwest::Method;
use testkit::{Moto, S3};

use crate::bed::{Bed, Server};

pub(crate) async fn with_policy(bed: &Bed) -> Server {
    let server = bed.start().await;
    let request = ApplyAutoReleaseRequest {
        service: "billing".into(),
        branch: "master".into(),
        environment: "dev".into(),
        committer_name: "Ida Holm".into(),
        committer_email: "ida@corp.test".into(),
    };
    let _answer: api::AutoReleaseBody =
        server.hamctl().call(Method::PATCH, &[routes::AUTO_RELEASE], &request).await.unwrap();
    server
}

fn with_keys(bed: Bed, id: &str, secret: &str) -> Bed {
    let env = [("AWS_ACCESS_KEY_ID", id), ("AWS_SECRET_ACCESS_KEY", secret)];
    Bed { env: env.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(), ..bed }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_to_s3_is_heard_of_through_sqs_and_released() {
    let moto = Moto::start(|_| {}).await.unwrap();
    let bed = Bed::new()
        .await
        .flag("--s3-artifact-storage-bucket-name=artifacts")
        .flag(format!("--s3-endpoint={}", moto.url()))
        .flag(format!("--sqs-endpoint={}", moto.url()));
    let bed = with_keys(bed, moto.access_key(), moto.secret_key());
    let server = with_policy(&bed).await;
    server.upload("billing", "master-1", "master").await;
    bed.commit("[dev/billing] auto release master-1 by bo@corp.test").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_to_s3_without_sqs_is_found_and_released() {
    let s3 = S3::start().await.unwrap();
    let bed = Bed::new()
        .await
        .flag("--s3-artifact-storage-bucket-name=artifacts")
        .flag(format!("--s3-endpoint={}", s3.url()));
    let bed = with_keys(bed, s3.access_key(), s3.secret_key());
    let server = with_policy(&bed).await;
    server.upload("billing", "master-1", "master").await;
    bed.commit("[dev/billing] auto release master-1 by bo@corp.test").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_upload_to_s3_is_told_and_the_next_one_is_released() {
    let s3 = S3::start().await.unwrap();
    let bed = Bed::new()
        .await
        .flag("--s3-artifact-storage-bucket-name=artifacts")
        .flag(format!("--s3-endpoint={}", s3.url()))
        .flag(format!("--s3-access-key-id={}", s3.access_key()));
    let env = vec![("S3_SECRET_ACCESS_KEY".to_owned(), s3.secret_key().to_owned())];
    let bed = Bed { env, ..bed };
    let server = with_policy(&bed).await;
    let spec = crate::make::spec("billing", "master-1", "master");
    assert_eq!(server.upload_zip(&spec, b"no zip".to_vec()).await, 200);
    let reason = server.dead("expectArtifact").await;
    let told = "artifact 'master-1' of service 'billing' cannot be read: the upload is not a zip file";
    assert!(reason.starts_with(told), "{reason}");
    server.upload("billing", "master-1", "master").await;
    bed.commit("[dev/billing] auto release master-1 by bo@corp.test").await;
}
