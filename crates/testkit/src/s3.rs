//! An S3 server on loopback that verifies signatures, pre-signed URLs and `Content-MD5`, over a folder.

use std::fs;
use std::path::PathBuf;

use axum::Router;
use axum::error_handling::HandleError;
use axum::http::StatusCode;
use s3s::HttpError;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use tempfile::TempDir;

use crate::PartError;
use crate::http::HttpServer;
use crate::service::temp_folder;

/// The only access key.
const ACCESS_KEY: &str = "TESTKITACCESSKEY";
/// Its secret.
const SECRET_KEY: &str = "testkit-secret-key";

/// The running server. Buckets are addressed by path.
#[derive(Debug)]
pub struct S3 {
    server: HttpServer,
    folder: TempDir,
}

impl S3 {
    /// Starts it without buckets.
    ///
    /// # Errors
    /// When no folder or port can be had.
    pub async fn start() -> Result<Self, PartError> {
        let folder = temp_folder()?;
        let files = FileSystem::new(folder.path())
            .map_err(|error| PartError::Answer { part: "the S3 file store", answer: format!("{error:?}") })?;
        let mut service = S3ServiceBuilder::new(files);
        service.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        let service = HandleError::new(service.build(), async |error: HttpError| {
            (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:?}"))
        });
        Ok(Self { server: HttpServer::start(Router::new().fallback_service(service))?, folder })
    }

    /// Its endpoint.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// The region to sign for; any is accepted.
    #[must_use]
    pub fn region(&self) -> &'static str {
        "eu-west-1"
    }

    /// The access key.
    #[must_use]
    pub fn access_key(&self) -> &'static str {
        ACCESS_KEY
    }

    /// The secret key.
    #[must_use]
    pub fn secret_key(&self) -> &'static str {
        SECRET_KEY
    }

    /// Makes a bucket behind the protocol's back.
    ///
    /// # Errors
    /// When it exists or the folder cannot be made.
    pub fn create_bucket(&self, name: &str) -> Result<(), PartError> {
        fs::create_dir(self.folder.path().join(name))
            .map_err(PartError::io(format!("make the bucket {name}")))
    }

    /// The file of an object, there or not.
    ///
    /// The server answers `BadDigest` to a body that does not match its `Content-MD5`, yet keeps the body: a test
    /// of that must look at the answer, not here.
    #[must_use]
    pub fn file(&self, bucket: &str, key: &str) -> PathBuf {
        self.folder.path().join(bucket).join(key)
    }
}
