//! The artifacts there are, wherever they are kept.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use artifact::{ArtifactId, ArtifactSpec, BranchName, ServiceName};
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use git_mirror::ArchiveSource;

use crate::index::Row;
use crate::place::{
    Branches, Bucket, Found, Listed, Objects, Place, Pushes, Stored, UploadTarget, Wanted, unpack,
};
use crate::{Artifact, Limits, S3Settings, SpecIndex, StoreError};

/// Artifacts read at a time for the index: enough to hide the latency of S3, few enough for the memory.
const READS_AT_ONCE: usize = 8;

/// Where artifacts are kept. What was seen of one once is what it is: content that changes later is refused.
#[derive(Clone, Debug)]
pub struct ArtifactStore {
    place: Place,
    index: SpecIndex,
    limits: Limits,
}

/// A zip that is the artifact it should be, and may be kept.
#[derive(Clone, Debug)]
pub struct Checked {
    service: ServiceName,
    id: ArtifactId,
    zip: Bytes,
    found: Found,
}

impl Checked {
    /// What it holds.
    #[must_use]
    pub fn artifact(&self) -> &Artifact {
        &self.found.artifact
    }
}

impl ArtifactStore {
    /// Artifacts in a folder, which is made when missing.
    ///
    /// # Errors
    /// When the folder cannot be made or used.
    pub fn local(folder: &Path, index: SpecIndex, limits: Limits) -> Result<Self, StoreError> {
        Ok(Self { place: Place::Folder(Objects::folder(folder)?), index, limits })
    }

    /// Artifacts in a bucket, which is made when missing.
    ///
    /// # Errors
    /// When the settings are wrong, or the bucket can neither be found nor made.
    pub async fn s3(settings: &S3Settings, index: SpecIndex, limits: Limits) -> Result<Self, StoreError> {
        Ok(Self { place: Place::Bucket(Bucket::open(settings).await?), index, limits })
    }

    /// Artifacts in a Git repository, mirrored in a folder of our own, and the look-out for new ones. Talks to no
    /// remote yet.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub fn git(
        folder: &Path,
        source: ArchiveSource,
        index: SpecIndex,
        limits: Limits,
    ) -> Result<(Self, Pushes), StoreError> {
        let (branches, pushes) = Branches::open(folder, source)?;
        Ok((Self { place: Place::Branches(branches), index, limits }, pushes))
    }

    /// How much an artifact may be.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Where to upload an artifact whose zip has this MD5, in base64.
    ///
    /// # Errors
    /// When there is another one under its id, uploads are not taken, or the store fails.
    pub async fn upload_target(
        &self,
        service: &ServiceName,
        id: &ArtifactId,
        md5: &str,
    ) -> Result<UploadTarget, StoreError> {
        self.place.upload_target(self.wanted(service, id), md5).await
    }

    /// Checks that a zip is that artifact and may be kept. Nothing is written.
    ///
    /// # Errors
    /// When the zip is broken or another artifact.
    pub async fn check(
        &self,
        service: &ServiceName,
        id: &ArtifactId,
        zip: Bytes,
    ) -> Result<Checked, StoreError> {
        let found = unpack(self.wanted(service, id), zip.clone(), String::new())
            .await
            .map_err(|source| StoreError::Thread { place: "this server".to_owned(), source })??;
        Ok(Checked { service: service.clone(), id: id.clone(), zip, found })
    }

    /// Keeps a zip. When this returns, it is on the disk.
    ///
    /// # Errors
    /// When another one is there under its id, or the store fails.
    pub async fn keep(&self, checked: Checked) -> Result<(Stored, Artifact), StoreError> {
        let Checked { service, id, zip, found } = checked;
        let (stored, tag) = self.place.keep(self.wanted(&service, &id), zip).await?;
        let found = Found { tag, ..found };
        self.remember(&service, &id, &found)?;
        Ok((stored, found.artifact))
    }

    /// Checks a zip and keeps it.
    ///
    /// # Errors
    /// As [`check`](Self::check) and [`keep`](Self::keep).
    pub async fn put(
        &self,
        service: &ServiceName,
        id: &ArtifactId,
        zip: Bytes,
    ) -> Result<(Stored, Artifact), StoreError> {
        self.keep(self.check(service, id, zip).await?).await
    }

    /// Reads an artifact.
    ///
    /// # Errors
    /// When it is not there, is broken, is not what was seen under its name before, or the store fails.
    pub async fn artifact(&self, service: &ServiceName, id: &ArtifactId) -> Result<Artifact, StoreError> {
        let found = self.place.read(self.wanted(service, id)).await?;
        self.remember(service, id, &found)?;
        Ok(found.artifact)
    }

    /// Whether the artifact is there, broken or not. What was uploaded of it is taken in first.
    ///
    /// # Errors
    /// When what was uploaded is refused and nothing else is there, or the store fails.
    pub async fn exists(&self, service: &ServiceName, id: &ArtifactId) -> Result<bool, StoreError> {
        self.place.exists(self.wanted(service, id)).await
    }

    /// Forgets uploads that were refused, so that another one can be made.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn discard(&self, service: &ServiceName, id: &ArtifactId) -> Result<(), StoreError> {
        self.place.discard(self.wanted(service, id)).await
    }

    /// The specs of a service's artifacts, newest first; with a branch, only of exactly that one. Artifacts that cannot
    /// be read are left out.
    ///
    /// # Errors
    /// When the store or the index fails.
    pub async fn newest(
        &self,
        service: &ServiceName,
        branch: Option<&BranchName>,
        count: usize,
    ) -> Result<Vec<ArtifactSpec>, StoreError> {
        let mut listed = self.place.list(service, &self.limits).await?;
        // Of two of the same moment the first by name.
        listed.sort_by(|a, b| b.at.cmp(&a.at).then(a.id.cmp(&b.id)));
        let read = Mutex::new(Vec::new());
        let rows = futures::stream::iter(listed)
            .map(|listed| self.spec(service, listed, &read))
            .buffered(READS_AT_ONCE);
        let wanted = rows.try_filter_map(|spec| async move {
            Ok(spec.filter(|spec| branch.is_none_or(|branch| spec.application.branch == branch.as_str())))
        });
        let specs = wanted.take(count).try_collect().await?;
        let read = read.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.index.put(service, &read).map_err(StoreError::Index)?;
        Ok(specs)
    }

    /// The spec of a listed artifact, from the index or else from its content; `None` when it is broken. What had to be
    /// read is added to `read`.
    async fn spec(
        &self,
        service: &ServiceName,
        listed: Listed,
        read: &Mutex<Vec<(ArtifactId, Row)>>,
    ) -> Result<Option<ArtifactSpec>, StoreError> {
        let Listed { id, tag, .. } = listed;
        let known = self.index.get(service, &id).map_err(StoreError::Index)?;
        if let Some(row) = known.as_ref().filter(|row| row.tag == tag) {
            return Ok(row.spec.clone());
        }
        let found = self.place.read(self.wanted(service, &id)).await;
        let row = match found.and_then(|found| row(service, &id, &found, known.as_ref())) {
            Ok(row) => row,
            Err(StoreError::NotFound { .. }) => return Ok(None),
            Err(error) if error.is_of_content() => {
                let problem = explain::chain(&error).join(": ");
                tracing::warn!(%service, artifact = %id, problem, "an artifact is left out of listings");
                // What was seen first stays known.
                if known.is_some_and(|known| known.digest.is_some()) {
                    return Ok(None);
                }
                Row { tag, digest: None, spec: None }
            }
            Err(error) => return Err(error),
        };
        let spec = row.spec.clone();
        read.lock().unwrap_or_else(PoisonError::into_inner).push((id, row));
        Ok(spec)
    }

    /// Notes what an artifact is, or refuses it when that is not what it was.
    fn remember(&self, service: &ServiceName, id: &ArtifactId, found: &Found) -> Result<(), StoreError> {
        let known = self.index.get(service, id).map_err(StoreError::Index)?;
        let row = row(service, id, found, known.as_ref())?;
        if known.as_ref() == Some(&row) {
            return Ok(());
        }
        self.index.put(service, &[(id.clone(), row)]).map_err(StoreError::Index)
    }

    fn wanted<'a>(&'a self, service: &'a ServiceName, id: &'a ArtifactId) -> Wanted<'a> {
        Wanted { service, id, limits: &self.limits }
    }
}

/// What to note of an artifact that was read. It is refused when something else was noted before.
fn row(
    service: &ServiceName,
    id: &ArtifactId,
    found: &Found,
    known: Option<&Row>,
) -> Result<Row, StoreError> {
    let first = known.and_then(|known| known.digest.as_ref());
    if first.is_some_and(|first| *first != found.digest) {
        return Err(StoreError::Changed { service: service.clone(), id: id.clone() });
    }
    Ok(Row {
        tag: found.tag.clone(),
        digest: Some(found.digest.clone()),
        spec: Some(found.artifact.spec().clone()),
    })
}
