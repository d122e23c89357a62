//! Where to upload an artifact (spec, section 2.10).

use std::sync::atomic::Ordering;

use api::{CreateArtifactRequest, CreateArtifactResponse, routes};
use artifact::{ArtifactId, ServiceName};
use artifact_store::UploadTarget;
use axum::extract::State;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::Failure;
use super::answer::Json;
use super::body::{Body, required};
use super::caller::Ci;
use crate::app::App;
use crate::arrival;

/// Bytes of an MD5.
const MD5_BYTES: usize = 16;

pub(crate) async fn create(
    State(app): State<App>,
    _ci: Ci,
    Body(request): Body<CreateArtifactRequest>,
) -> Result<Json<CreateArtifactResponse>, Failure> {
    let spec = &request.artifact;
    let lines =
        required(&[("md5", &request.md5), ("artifact.id", &spec.id), ("artifact.service", &spec.service)]);
    if !lines.is_empty() {
        return Err(Failure::invalid_input(&lines));
    }
    let (service, id): (ServiceName, ArtifactId) = (spec.service.parse()?, spec.id.parse()?);
    let md5 = request.md5.trim();
    if !BASE64_STANDARD.decode(md5).is_ok_and(|bytes| bytes.len() == MD5_BYTES) {
        return Err(Failure::invalid(
            "`md5` is not the base64 of an MD5",
            "send the base64 of the zip's raw MD5",
        ));
    }
    let artifact_upload_url = match app.store.upload_target(&service, &id, md5).await? {
        UploadTarget::PreSigned(url) => {
            // Where S3 tells us of uploads, it tells of the artifact too once it is taken in.
            let announce = app.looks_for_uploads.load(Ordering::Acquire);
            arrival::expect(&app.queue, &service, &id, announce).await?;
            url.into()
        }
        UploadTarget::ThisServer => {
            let permission = app.upload_key.sign(&service, &id, md5, jiff::Timestamp::now());
            let path = path_of(&service, &id);
            format!("{}{}{path}?{permission}", app.public_url, routes::UPLOAD_ARTIFACT)
        }
    };
    Ok(Json::created(CreateArtifactResponse { artifact_upload_url }))
}

/// `/service/id`, with what a path cannot hold escaped.
fn path_of(service: &ServiceName, id: &ArtifactId) -> String {
    let mut url = url::Url::parse("http://path").expect("a constant address is one");
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.extend([service.as_str(), id.as_str()]);
    }
    url.path().to_owned()
}
