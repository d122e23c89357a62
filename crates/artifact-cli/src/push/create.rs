//! Asking the release manager where the artifact goes.

use std::time::Duration;

use api::{Client, CreateArtifactRequest, CreateArtifactResponse, routes};
use artifact::ArtifactSpec;
use reqwest::Method;
use secrecy::SecretString;

use super::error::PushError;
use super::package::Package;
use super::retry::Retry;
use crate::args::PushArgs;

const PATIENCE: Duration = Duration::from_secs(60);

/// The link to upload to. It works for whoever has it, so it is a secret.
pub(super) async fn ask(
    args: &PushArgs,
    token: SecretString,
    spec: &ArtifactSpec,
    package: &Package,
    retry: Retry<'_>,
) -> Result<SecretString, PushError> {
    let client = Client::new(
        args.http_base_url.as_deref().unwrap_or_default(),
        token,
        env!("CARGO_PKG_VERSION"),
        PATIENCE,
    )?;
    let request = CreateArtifactRequest { artifact: spec.clone(), md5: package.md5.clone() };
    let path = [routes::CREATE_ARTIFACT];
    let ask = || async { client.call(Method::POST, &path, &request).await.map_err(PushError::from) };
    let answer: CreateArtifactResponse = retry.until_done(ask).await?;
    Ok(answer.artifact_upload_url.into())
}
