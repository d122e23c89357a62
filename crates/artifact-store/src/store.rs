//! The artifacts there are, wherever they are kept.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use artifact::{ArtifactId, ArtifactSpec, BranchName, ServiceName};
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use object_store::aws::AmazonS3;
use object_store::local::LocalFileSystem;
use object_store::signer::{HeaderName, HeaderValue, Method, SignedUrlOptions, Signer};
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt, PutMode};
use url::Url;

use crate::index::Row;
use crate::key::Naming;
use crate::{Artifact, Limits, S3Settings, SpecIndex, StoreError, read_zip, s3};

/// How long an upload address works, as the original's.
const UPLOAD_VALID: Duration = Duration::from_secs(15 * 60);

/// Artifacts read at a time for the index: enough to hide the latency of S3, few enough for the memory.
const READS_AT_ONCE: usize = 8;

/// Where artifacts are kept.
#[derive(Clone, Debug)]
pub struct ArtifactStore {
    objects: Arc<dyn ObjectStore>,
    signer: Option<Arc<AmazonS3>>,
    naming: Naming,
    place: Arc<str>,
    index: SpecIndex,
    limits: Limits,
}

/// Where a client has to send a zip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UploadTarget {
    /// To this address, as a `PUT` with the `Content-MD5` it was signed for.
    PreSigned(Url),
    /// To the server itself, which hands it to [`ArtifactStore::put`].
    ThisServer,
}

/// What [`ArtifactStore::put`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// It is new.
    New,
    /// The very same zip was there.
    AlreadyThere,
}

impl ArtifactStore {
    /// Artifacts in a folder, which is made when missing.
    ///
    /// # Errors
    /// When the folder cannot be made or used.
    pub fn local(folder: &Path, index: SpecIndex, limits: Limits) -> Result<Self, StoreError> {
        let place = folder.display().to_string();
        std::fs::create_dir_all(folder)
            .map_err(|source| StoreError::Folder { place: place.clone(), source })?;
        let objects = LocalFileSystem::new_with_prefix(PathBuf::from(folder))
            .map_err(|source| StoreError::SetUp { place: place.clone(), source })?
            .with_fsync(true);
        Ok(Self {
            objects: Arc::new(objects),
            signer: None,
            naming: Naming::ZipFile,
            place: place.into(),
            index,
            limits,
        })
    }

    /// Artifacts in a bucket, which is made when missing.
    ///
    /// # Errors
    /// When the settings are wrong, or the bucket can neither be found nor made.
    pub async fn s3(settings: &S3Settings, index: SpecIndex, limits: Limits) -> Result<Self, StoreError> {
        let place = format!("s3://{}", settings.bucket);
        let client =
            s3::client(settings).map_err(|source| StoreError::SetUp { place: place.clone(), source })?;
        s3::ensure_bucket(settings, &client).await.map_err(|source| StoreError::Bucket {
            bucket: settings.bucket.clone(),
            source: source.into(),
        })?;
        let client = Arc::new(client);
        let objects: Arc<dyn ObjectStore> = client.clone();
        Ok(Self { objects, signer: Some(client), naming: Naming::Plain, place: place.into(), index, limits })
    }

    /// How much an artifact may be.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Where to upload an artifact whose zip has this MD5, in base64.
    ///
    /// # Errors
    /// When the address cannot be signed.
    pub async fn upload_target(
        &self,
        service: &ServiceName,
        id: &ArtifactId,
        md5: &str,
    ) -> Result<UploadTarget, StoreError> {
        let Some(signer) = &self.signer else { return Ok(UploadTarget::ThisServer) };
        let md5 = HeaderValue::from_str(md5).map_err(|source| {
            self.unavailable(object_store::Error::Generic { store: "S3", source: Box::new(source) })
        })?;
        let options = SignedUrlOptions::new().with_signed_header(HeaderName::from_static("content-md5"), md5);
        signer
            .signed_url_opts(Method::PUT, &self.key(service, id)?, UPLOAD_VALID, &options)
            .await
            .map(UploadTarget::PreSigned)
            .map_err(|source| self.unavailable(source))
    }

    /// Checks a zip and keeps it. When this returns, it is on the disk.
    ///
    /// # Errors
    /// When the zip is not that artifact, or another one is there under its id, or the store fails.
    pub async fn put(
        &self,
        service: &ServiceName,
        id: &ArtifactId,
        zip: Bytes,
    ) -> Result<(Stored, Artifact), StoreError> {
        let artifact = self.read(service, id, zip.clone()).await?;
        let key = self.key(service, id)?;
        match self.objects.put_opts(&key, zip.clone().into(), PutMode::Create.into()).await {
            Ok(_) => Ok((Stored::New, artifact)),
            Err(object_store::Error::AlreadyExists { .. }) if self.bytes(service, id).await? == zip => {
                Ok((Stored::AlreadyThere, artifact))
            }
            Err(object_store::Error::AlreadyExists { .. }) => {
                Err(StoreError::Exists { service: service.clone(), id: id.clone() })
            }
            Err(source) => Err(self.unavailable(source)),
        }
    }

    /// Reads an artifact.
    ///
    /// # Errors
    /// When it is not there, is broken, or the store fails.
    pub async fn artifact(&self, service: &ServiceName, id: &ArtifactId) -> Result<Artifact, StoreError> {
        let zip = self.bytes(service, id).await?;
        self.read(service, id, zip).await
    }

    /// Whether the artifact is there, broken or not.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn exists(&self, service: &ServiceName, id: &ArtifactId) -> Result<bool, StoreError> {
        match self.objects.head(&self.key(service, id)?).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(source) => Err(self.unavailable(source)),
        }
    }

    /// The specs of a service's artifacts, newest upload first; with a branch, only of exactly that one. Artifacts
    /// that cannot be read are left out.
    ///
    /// # Errors
    /// When the store or the index fails.
    pub async fn newest(
        &self,
        service: &ServiceName,
        branch: Option<&BranchName>,
        count: usize,
    ) -> Result<Vec<ArtifactSpec>, StoreError> {
        let listed = self.list(service).await?;
        let read = Mutex::new(Vec::new());
        let rows = futures::stream::iter(listed)
            .map(|(id, meta)| self.spec(service, id, meta, &read))
            .buffered(READS_AT_ONCE);
        let wanted = rows.try_filter_map(|spec| async move {
            Ok(spec.filter(|spec| branch.is_none_or(|branch| spec.application.branch == branch.as_str())))
        });
        let specs = wanted.take(count).try_collect().await?;
        let read = read.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.index.put(service, &read).map_err(StoreError::Index)?;
        Ok(specs)
    }

    /// The artifacts of a service, newest upload first; of two at the same moment the first by name.
    async fn list(&self, service: &ServiceName) -> Result<Vec<(ArtifactId, ObjectMeta)>, StoreError> {
        let folder = object_store::path::Path::parse(service.as_str())
            .map_err(|source| self.unavailable(source.into()))?;
        let mut listed: Vec<(ArtifactId, ObjectMeta)> = self
            .objects
            .list(Some(&folder))
            .map_err(|source| self.unavailable(source))
            .try_filter_map(|meta| async {
                Ok(self.naming.parse(meta.location.as_ref()).map(|(_, id)| (id, meta)))
            })
            .try_collect()
            .await?;
        listed.sort_by(|(a_id, a), (b_id, b)| b.last_modified.cmp(&a.last_modified).then(a_id.cmp(b_id)));
        Ok(listed)
    }

    /// The spec of a listed object, from the index or else from the zip; `None` when it is broken. What had to be
    /// unpacked is added to `read`.
    async fn spec(
        &self,
        service: &ServiceName,
        id: ArtifactId,
        meta: ObjectMeta,
        read: &Mutex<Vec<(ArtifactId, Row)>>,
    ) -> Result<Option<ArtifactSpec>, StoreError> {
        let tag = meta.e_tag.unwrap_or_else(|| meta.last_modified.to_rfc3339());
        if let Some(row) = self.index.get(service, &id, &tag).map_err(StoreError::Index)? {
            return Ok(row.spec);
        }
        let spec = match self.artifact(service, &id).await {
            Ok(artifact) => Some(artifact.spec().clone()),
            Err(StoreError::Broken { source, .. }) => {
                let problem = explain::chain(&source).join(": ");
                tracing::warn!(%service, artifact = %id, problem, "an artifact is left out of listings");
                None
            }
            Err(StoreError::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        read.lock().unwrap_or_else(PoisonError::into_inner).push((id, Row::new(tag, spec.clone())));
        Ok(spec)
    }

    async fn bytes(&self, service: &ServiceName, id: &ArtifactId) -> Result<Bytes, StoreError> {
        let object = self.objects.get(&self.key(service, id)?).await.map_err(|source| match source {
            object_store::Error::NotFound { .. } => {
                StoreError::NotFound { service: service.clone(), id: id.clone() }
            }
            source => self.unavailable(source),
        })?;
        if object.meta.size > self.limits.zip_bytes {
            let source = crate::ReadError::ZipTooLarge { limit: self.limits.zip_bytes };
            return Err(StoreError::Broken { service: service.clone(), id: id.clone(), source });
        }
        object.bytes().await.map_err(|source| self.unavailable(source))
    }

    /// Unpacks on a thread that may block.
    async fn read(&self, service: &ServiceName, id: &ArtifactId, zip: Bytes) -> Result<Artifact, StoreError> {
        let (owned_service, owned_id, limits) = (service.clone(), id.clone(), self.limits);
        let read =
            tokio::task::spawn_blocking(move || read_zip(&zip, &owned_service, &owned_id, &limits)).await;
        match read {
            Ok(Ok(artifact)) => Ok(artifact),
            Ok(Err(source)) => Err(StoreError::Broken { service: service.clone(), id: id.clone(), source }),
            Err(source) => Err(self.unavailable(object_store::Error::JoinError { source })),
        }
    }

    fn key(&self, service: &ServiceName, id: &ArtifactId) -> Result<object_store::path::Path, StoreError> {
        self.naming.key(service, id).map_err(|source| self.unavailable(source.into()))
    }

    fn unavailable(&self, source: object_store::Error) -> StoreError {
        StoreError::Unavailable { place: self.place.to_string(), source }
    }
}
