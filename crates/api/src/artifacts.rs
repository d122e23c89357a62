//! Uploading an artifact (spec, section 2.10).

use artifact::ArtifactSpec;
use serde::{Deserialize, Serialize};

use crate::body::artifact_field;

/// `POST /artifacts/create`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CreateArtifactRequest {
    /// The artifact's spec.
    #[serde(deserialize_with = "artifact_field::deserialize")]
    pub artifact: ArtifactSpec,
    /// The zip's MD5, raw, in base64.
    pub md5: String,
}

/// Where to upload the zip.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CreateArtifactResponse {
    /// `PUT` the zip there, with the header `Content-MD5`.
    pub artifact_upload_url: String,
}
