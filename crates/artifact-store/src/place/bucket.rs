//! A bucket, where an artifact cannot be overwritten although S3 lets everyone overwrite who may write.
//!
//! An address that is signed for the artifact's own key would let its holder replace what was tested. So we sign one for
//! a key beside it, `.uploads/SERVICE/ID/MD5`, and move what arrives there to `SERVICE/ID` ourselves, with a write that
//! S3 refuses when something is there (`If-None-Match: *`). Clients of the original see no difference: they send the
//! zip to whatever address they are given. A server of the original that shares the bucket finds every artifact where
//! it looks. What arrived is moved when it is heard of, and by whoever asks for the artifact before that.

use std::sync::Arc;
use std::time::Duration;

use artifact::ServiceName;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use futures::TryStreamExt;
use md5::{Digest, Md5};
use object_store::aws::AmazonS3;
use object_store::path::Path;
use object_store::signer::{HeaderName, HeaderValue, Method, SignedUrlOptions, Signer};
use object_store::{ObjectMeta, ObjectStoreExt};

use super::objects::hex_of;
use super::{Found, Listed, Objects, UploadTarget, Wanted};
use crate::key::{UPLOADS, upload};
use crate::{Limits, S3Settings, StoreError, s3};

/// How long an upload address works, as the original's.
const UPLOAD_VALID: Duration = Duration::from_secs(15 * 60);

/// A bucket of artifacts.
#[derive(Clone, Debug)]
pub(crate) struct Bucket {
    objects: Objects,
    signer: Arc<AmazonS3>,
}

impl Bucket {
    /// The bucket, which is made when missing.
    pub(crate) async fn open(settings: &S3Settings) -> Result<Self, StoreError> {
        let place = format!("s3://{}", settings.bucket);
        let client =
            s3::client(settings).map_err(|source| StoreError::SetUp { place: place.clone(), source })?;
        s3::ensure_bucket(settings, &client).await.map_err(|source| StoreError::Bucket {
            bucket: settings.bucket.clone(),
            source: source.into(),
        })?;
        let signer = Arc::new(client);
        Ok(Self { objects: Objects::bucket(signer.clone(), &place), signer })
    }

    pub(super) fn objects(&self) -> &Objects {
        &self.objects
    }

    pub(super) async fn upload_target(
        &self,
        wanted: Wanted<'_>,
        md5: &str,
    ) -> Result<UploadTarget, StoreError> {
        self.objects.refuse_other(wanted, md5).await?;
        let header = HeaderValue::from_str(md5).map_err(|source| {
            self.objects.unavailable(object_store::Error::Generic { store: "S3", source: Box::new(source) })
        })?;
        let options =
            SignedUrlOptions::new().with_signed_header(HeaderName::from_static("content-md5"), header);
        let key = self.path(&upload(wanted.service, Some((wanted.id, &hex_of(md5)))))?;
        self.signer
            .signed_url_opts(Method::PUT, &key, UPLOAD_VALID, &options)
            .await
            .map(UploadTarget::PreSigned)
            .map_err(|source| self.objects.unavailable(source))
    }

    pub(super) async fn list(
        &self,
        service: &ServiceName,
        limits: &Limits,
    ) -> Result<Vec<Listed>, StoreError> {
        for meta in self.uploads(&upload(service, None)).await? {
            let Some((service, id)) = crate::key::parse_upload(meta.location.as_ref()) else { continue };
            let wanted = Wanted { service: &service, id: &id, limits };
            if let Err(error) = self.take_in(wanted, &meta).await {
                let problem = explain::chain(&error).join(": ");
                tracing::warn!(%service, artifact = %id, problem, "an upload is not taken in");
            }
        }
        self.objects.list(service).await
    }

    pub(super) async fn read(&self, wanted: Wanted<'_>) -> Result<Found, StoreError> {
        match self.objects.read(wanted).await {
            Err(StoreError::NotFound { .. }) if self.settle(wanted).await? => self.objects.read(wanted).await,
            read => read,
        }
    }

    /// Takes in what was uploaded of an artifact, the first upload first; whether it is there now.
    pub(super) async fn settle(&self, wanted: Wanted<'_>) -> Result<bool, StoreError> {
        let mut refused = Ok(());
        for meta in self.uploads(&upload(wanted.service, Some((wanted.id, "")))).await? {
            let taken = self.take_in(wanted, &meta).await;
            refused = refused.and(taken);
        }
        if self.objects.exists(wanted).await? {
            return Ok(true);
        }
        refused.map(|()| false)
    }

    /// Moves one upload to the artifact's own key. One that is refused stays, so that everyone hears why, until it is
    /// discarded.
    async fn take_in(&self, wanted: Wanted<'_>, meta: &ObjectMeta) -> Result<(), StoreError> {
        let (zip, _) = match self.objects.bytes(wanted, &meta.location).await {
            // Another one was faster.
            Err(StoreError::NotFound { .. }) => return Ok(()),
            read => read?,
        };
        let md5 = hex_of(&BASE64_STANDARD.encode(Md5::digest(&zip)));
        if meta.location.filename() != Some(md5.as_str()) {
            return Err(wanted.broken(crate::ReadError::OtherContent));
        }
        self.objects.unpack(wanted, zip.clone(), String::new()).await?;
        self.objects.create(wanted, zip).await?;
        self.remove(&meta.location).await
    }

    /// Forgets all uploads of an artifact.
    pub(super) async fn discard(&self, wanted: Wanted<'_>) -> Result<(), StoreError> {
        for meta in self.uploads(&upload(wanted.service, Some((wanted.id, "")))).await? {
            self.remove(&meta.location).await?;
        }
        Ok(())
    }

    async fn remove(&self, key: &Path) -> Result<(), StoreError> {
        match self.objects.store().delete(key).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(source) => Err(self.objects.unavailable(source)),
        }
    }

    /// What was uploaded and is not taken in, in the order of its coming.
    async fn uploads(&self, folder: &str) -> Result<Vec<ObjectMeta>, StoreError> {
        let listed = self.objects.store().list(Some(&self.path(folder)?));
        let mut uploads: Vec<ObjectMeta> =
            listed.try_collect().await.map_err(|source| self.objects.unavailable(source))?;
        uploads.sort_by(|a, b| a.last_modified.cmp(&b.last_modified).then(a.location.cmp(&b.location)));
        Ok(uploads)
    }

    fn path(&self, key: &str) -> Result<Path, StoreError> {
        debug_assert!(key.starts_with(UPLOADS), "{key}");
        Path::parse(key).map_err(|source| self.objects.unavailable(source.into()))
    }
}
