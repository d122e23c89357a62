//! Where artifacts are kept: a folder, a bucket or branches of Git. This is the seam between them and the store: each
//! place lists, finds and reads, and takes in what may be sent to it.

mod branches;
mod bucket;
mod objects;

pub(crate) use branches::Branches;
pub use branches::{MovedArtifact, Pushed, Pushes};
pub(crate) use bucket::Bucket;
pub(crate) use objects::{Objects, unpack};

use artifact::{ArtifactId, ServiceName};
use bytes::Bytes;
use url::Url;

use crate::{Artifact, Limits, StoreError};

/// Where artifacts are kept.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// A folder of zips, which the server itself fills.
    Folder(Objects),
    /// A bucket, which CI fills through addresses we sign.
    Bucket(Bucket),
    /// A Git repository, which CI pushes to.
    Branches(Branches),
}

/// An artifact in a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) id: ArtifactId,
    /// Changes when the content does.
    pub(crate) tag: String,
    /// When it came; only good for comparing.
    pub(crate) at: i64,
}

/// An artifact that was read.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) artifact: Artifact,
    /// As in a listing.
    pub(crate) tag: String,
    /// What it is, whatever the store says: equal for equal content alone.
    pub(crate) digest: String,
}

/// Where a client has to send a zip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UploadTarget {
    /// To this address, as a `PUT` with the `Content-MD5` it was signed for.
    PreSigned(Url),
    /// To the server itself, which hands it to [`crate::ArtifactStore::put`].
    ThisServer,
}

/// What [`crate::ArtifactStore::put`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// It is new.
    New,
    /// The very same zip was there.
    AlreadyThere,
}

/// One artifact, and how much it may be.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) service: &'a ServiceName,
    pub(crate) id: &'a ArtifactId,
    pub(crate) limits: &'a Limits,
}

impl Wanted<'_> {
    pub(crate) fn missing(&self) -> StoreError {
        StoreError::NotFound { service: self.service.clone(), id: self.id.clone() }
    }

    pub(crate) fn exists(&self) -> StoreError {
        StoreError::Exists { service: self.service.clone(), id: self.id.clone() }
    }

    pub(crate) fn broken(&self, source: crate::ReadError) -> StoreError {
        StoreError::Broken { service: self.service.clone(), id: self.id.clone(), source }
    }
}

impl Place {
    /// The artifacts of a service, in any order.
    pub(crate) async fn list(
        &self,
        service: &ServiceName,
        limits: &Limits,
    ) -> Result<Vec<Listed>, StoreError> {
        match self {
            Self::Folder(objects) => objects.list(service).await,
            Self::Bucket(bucket) => bucket.list(service, limits).await,
            Self::Branches(branches) => branches.list(service).await,
        }
    }

    /// Whether the artifact is there, broken or not.
    pub(crate) async fn exists(&self, wanted: Wanted<'_>) -> Result<bool, StoreError> {
        match self {
            Self::Folder(objects) => objects.exists(wanted).await,
            Self::Bucket(bucket) => bucket.settle(wanted).await,
            Self::Branches(branches) => branches.exists(wanted).await,
        }
    }

    /// Reads an artifact.
    pub(crate) async fn read(&self, wanted: Wanted<'_>) -> Result<Found, StoreError> {
        match self {
            Self::Folder(objects) => objects.read(wanted).await,
            Self::Bucket(bucket) => bucket.read(wanted).await,
            Self::Branches(branches) => branches.read(wanted).await,
        }
    }

    /// Where to send the zip with this MD5, in base64.
    pub(crate) async fn upload_target(
        &self,
        wanted: Wanted<'_>,
        md5: &str,
    ) -> Result<UploadTarget, StoreError> {
        match self {
            Self::Folder(objects) => {
                objects.refuse_other(wanted, md5).await?;
                Ok(UploadTarget::ThisServer)
            }
            Self::Bucket(bucket) => bucket.upload_target(wanted, md5).await,
            Self::Branches(branches) => Err(branches.push_instead(wanted)),
        }
    }

    /// Keeps a zip that was sent to the server itself; the tag it has now.
    pub(crate) async fn keep(&self, wanted: Wanted<'_>, zip: Bytes) -> Result<(Stored, String), StoreError> {
        match self {
            Self::Folder(objects) => objects.create(wanted, zip).await,
            Self::Bucket(bucket) => bucket.objects().create(wanted, zip).await,
            Self::Branches(branches) => Err(branches.push_instead(wanted)),
        }
    }

    /// Forgets uploads of an artifact that were refused.
    pub(crate) async fn discard(&self, wanted: Wanted<'_>) -> Result<(), StoreError> {
        match self {
            Self::Bucket(bucket) => bucket.discard(wanted).await,
            Self::Folder(_) | Self::Branches(_) => Ok(()),
        }
    }
}
