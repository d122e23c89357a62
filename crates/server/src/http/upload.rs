//! An artifact comes in, when the server itself keeps artifacts.

use artifact::{ArtifactId, ServiceName};
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use explain::Kind;
use md5::{Digest, Md5};

use super::Failure;
use super::path::Path;
use super::query::Query;
use super::upload_key::NoPermission;
use crate::app::App;
use crate::arrival;

pub(crate) async fn upload(
    State(app): State<App>,
    Path((service, id)): Path<(String, String)>,
    query: Query,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Failure> {
    let (service, id): (ServiceName, ArtifactId) = (service.parse()?, id.parse()?);
    let md5 = headers.get("content-md5").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (expires, signature) = (query.required("expires")?, query.required("signature")?);
    app.upload_key
        .check((&service, &id, md5), expires, signature, jiff::Timestamp::now())
        .map_err(refused)?;
    // Only now, so that nobody without permission can fill the memory.
    let _room = app.uploads.acquire().await.map_err(|_| broken("the server is stopping"))?;
    let most = usize::try_from(app.store.limits().zip_bytes).unwrap_or(usize::MAX);
    let zip = to_bytes(body, most)
        .await
        .map_err(|_| broken(&format!("the upload ended early, or is larger than {} MiB", most >> 20)))?;
    if BASE64_STANDARD.encode(Md5::digest(&zip)) != md5 {
        return Err(Failure::invalid("the zip does not match its Content-MD5", "upload it again"));
    }
    let checked = app.store.check(&service, &id, zip).await?;
    // Before it is kept, so that it is announced even if we die in between.
    arrival::expect(&app.queue, &service, &id, true).await?;
    app.store.keep(checked).await?;
    app.queue.wake(arrival::EXPECT_ARTIFACT);
    Ok(StatusCode::OK)
}

fn broken(what: &str) -> Failure {
    Failure::new(
        Kind::Usage,
        what,
        "keep only artifact.json and manifests in the artifact, then upload it again",
    )
}

fn refused(why: NoPermission) -> Failure {
    let hint = "ask for a new upload address with `artifact push`";
    match why {
        NoPermission::Forged => Failure::new(Kind::Denied, "this address does not allow this upload", hint),
        NoPermission::Late => Failure::new(Kind::Denied, "this upload address has expired", hint),
    }
}
