//! Zips as objects: files of a folder, or what is in a bucket.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use artifact::ServiceName;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use futures::TryStreamExt;
use futures::future::ready;
use md5::{Digest, Md5};
use object_store::local::LocalFileSystem;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt, PutMode};
use ring::digest;

use super::{Found, Listed, Stored, Wanted};
use crate::key::Naming;
use crate::{ReadError, StoreError, read_zip};

/// Objects named after artifacts.
#[derive(Clone, Debug)]
pub(crate) struct Objects {
    store: Arc<dyn ObjectStore>,
    naming: Naming,
    place: Arc<str>,
}

impl Objects {
    /// Those of a folder, which is made when missing.
    pub(crate) fn folder(folder: &Path) -> Result<Self, StoreError> {
        let place = folder.display().to_string();
        std::fs::create_dir_all(folder)
            .map_err(|source| StoreError::Folder { place: place.clone(), source })?;
        let store = LocalFileSystem::new_with_prefix(PathBuf::from(folder))
            .map_err(|source| StoreError::SetUp { place: place.clone(), source })?
            .with_fsync(true);
        Ok(Self { store: Arc::new(store), naming: Naming::ZipFile, place: place.into() })
    }

    /// Those of a bucket.
    pub(super) fn bucket(store: Arc<dyn ObjectStore>, place: &str) -> Self {
        Self { store, naming: Naming::Plain, place: place.into() }
    }

    pub(super) fn store(&self) -> &dyn ObjectStore {
        &*self.store
    }

    pub(super) async fn list(&self, service: &ServiceName) -> Result<Vec<Listed>, StoreError> {
        let folder = object_store::path::Path::parse(service.as_str())
            .map_err(|source| self.unavailable(source.into()))?;
        self.store
            .list(Some(&folder))
            .map_err(|source| self.unavailable(source))
            .try_filter_map(|meta| {
                let named = self.naming.parse(meta.location.as_ref());
                let at = meta.last_modified.timestamp_micros();
                ready(Ok(named.map(|(_, id)| Listed { id, tag: tag(&meta), at })))
            })
            .try_collect()
            .await
    }

    pub(super) async fn exists(&self, wanted: Wanted<'_>) -> Result<bool, StoreError> {
        Ok(self.head(wanted).await?.is_some())
    }

    pub(super) async fn head(&self, wanted: Wanted<'_>) -> Result<Option<ObjectMeta>, StoreError> {
        match self.store.head(&self.key(wanted)?).await {
            Ok(meta) => Ok(Some(meta)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(source) => Err(self.unavailable(source)),
        }
    }

    pub(super) async fn read(&self, wanted: Wanted<'_>) -> Result<Found, StoreError> {
        let (zip, meta) = self.bytes(wanted, &self.key(wanted)?).await?;
        self.unpack(wanted, zip, tag(&meta)).await
    }

    /// Refuses an upload of anything but what is there.
    pub(super) async fn refuse_other(&self, wanted: Wanted<'_>, md5: &str) -> Result<(), StoreError> {
        let Some(meta) = self.head(wanted).await? else { return Ok(()) };
        if meta.e_tag.is_some_and(|tag| tag.trim_matches('"') == hex_of(md5)) {
            return Ok(());
        }
        // A tag that is no MD5 says nothing: encryption and large uploads make others.
        match self.bytes(wanted, &self.key(wanted)?).await {
            Ok((zip, _)) if BASE64_STANDARD.encode(Md5::digest(&zip)) == md5 => Ok(()),
            Ok(_) | Err(StoreError::Broken { .. }) => Err(wanted.exists()),
            Err(error) => Err(error),
        }
    }

    /// Keeps a zip under the artifact's name, unless there is another one; the tag it has now.
    pub(super) async fn create(
        &self,
        wanted: Wanted<'_>,
        zip: Bytes,
    ) -> Result<(Stored, String), StoreError> {
        let key = self.key(wanted)?;
        if let Some(meta) = self.head(wanted).await? {
            return self.same_or_refused(wanted, &zip, &meta).await;
        }
        let mut put = self.store.put_opts(&key, zip.clone().into(), PutMode::Create.into()).await;
        if let Err(object_store::Error::NotImplemented { .. }) = put {
            // The service was said to know no conditions: what we have just looked at is all there is to go by.
            put = self.store.put_opts(&key, zip.clone().into(), PutMode::Overwrite.into()).await;
        }
        match put {
            Ok(put) => Ok((Stored::New, put.e_tag.unwrap_or_default())),
            Err(object_store::Error::AlreadyExists { .. }) => {
                let meta = self.head(wanted).await?.ok_or_else(|| wanted.missing())?;
                self.same_or_refused(wanted, &zip, &meta).await
            }
            Err(source) => Err(self.unavailable(source)),
        }
    }

    async fn same_or_refused(
        &self,
        wanted: Wanted<'_>,
        zip: &Bytes,
        meta: &ObjectMeta,
    ) -> Result<(Stored, String), StoreError> {
        let same = meta.size == zip.len() as u64 && self.bytes(wanted, &self.key(wanted)?).await?.0 == *zip;
        if same { Ok((Stored::AlreadyThere, tag(meta))) } else { Err(wanted.exists()) }
    }

    pub(super) async fn bytes(
        &self,
        wanted: Wanted<'_>,
        key: &object_store::path::Path,
    ) -> Result<(Bytes, ObjectMeta), StoreError> {
        let object = self.store.get(key).await.map_err(|source| match source {
            object_store::Error::NotFound { .. } => wanted.missing(),
            source => self.unavailable(source),
        })?;
        let (meta, limit) = (object.meta.clone(), wanted.limits.zip_bytes);
        if meta.size > limit {
            return Err(wanted.broken(ReadError::ZipTooLarge { limit }));
        }
        Ok((object.bytes().await.map_err(|source| self.unavailable(source))?, meta))
    }

    /// Unpacks on a thread that may block.
    pub(super) async fn unpack(
        &self,
        wanted: Wanted<'_>,
        zip: Bytes,
        tag: String,
    ) -> Result<Found, StoreError> {
        unpack(wanted, zip, tag)
            .await
            .map_err(|source| self.unavailable(object_store::Error::JoinError { source }))?
    }

    pub(super) fn key(&self, wanted: Wanted<'_>) -> Result<object_store::path::Path, StoreError> {
        self.naming.key(wanted.service, wanted.id).map_err(|source| self.unavailable(source.into()))
    }

    pub(super) fn unavailable(&self, source: object_store::Error) -> StoreError {
        StoreError::Unavailable { place: self.place.to_string(), source }
    }
}

/// What a zip holds; the outer error is that the thread broke.
pub(crate) async fn unpack(
    wanted: Wanted<'_>,
    zip: Bytes,
    tag: String,
) -> Result<Result<Found, StoreError>, tokio::task::JoinError> {
    let (service, id, limits) = (wanted.service.clone(), wanted.id.clone(), *wanted.limits);
    let read = tokio::task::spawn_blocking(move || {
        let digest = hex(digest::digest(&digest::SHA256, &zip).as_ref());
        (read_zip(&zip, &service, &id, &limits), digest)
    });
    let (artifact, digest) = read.await?;
    Ok(artifact.map(|artifact| Found { artifact, tag, digest }).map_err(|source| wanted.broken(source)))
}

fn tag(meta: &ObjectMeta) -> String {
    meta.e_tag.clone().unwrap_or_else(|| meta.last_modified.to_rfc3339())
}

/// The hexadecimal digits of what stands in base64; empty when it is none.
pub(super) fn hex_of(base64: &str) -> String {
    hex(&BASE64_STANDARD.decode(base64).unwrap_or_default())
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a string cannot fail");
        text
    })
}
