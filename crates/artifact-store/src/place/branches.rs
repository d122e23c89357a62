//! Branches of a Git repository: CI pushes each artifact as the branch `SERVICE/ID`, with its files as they are, or with
//! a zip of them as the only file.
//!
//! The first commit that a branch has pointed at is the artifact, for good: a branch that is moved later is refused, and
//! one that is deleted is still here. History is never fetched.

mod pushes;

pub use pushes::{MovedArtifact, Pushed, Pushes};

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use artifact::{ArtifactId, ServiceName};
use git_mirror::{Archive, ArchiveReader, ArchiveSource};

use super::{Found, Listed, Wanted};
use crate::StoreError;
use crate::key::Naming;
use crate::read::{TreeError, read_tree};

/// The artifacts that were pushed.
#[derive(Clone, Debug)]
pub(crate) struct Branches {
    reader: ArchiveReader,
    url: Arc<str>,
    prefix: Arc<str>,
}

impl Branches {
    /// Opens the mirror in a folder of its own. Talks to no remote; the other half does.
    pub(crate) fn open(folder: &Path, source: ArchiveSource) -> Result<(Self, Pushes), StoreError> {
        let (url, prefix): (Arc<str>, Arc<str>) = (source.url.as_str().into(), source.prefix.as_str().into());
        let archive = Archive::open(folder, source)
            .map_err(|source| StoreError::Mirror { place: url.to_string(), source: source.into() })?;
        let branches = Self { reader: archive.reader(), url, prefix };
        Ok((branches.clone(), Pushes::new(Arc::new(Mutex::new(archive)), branches)))
    }

    /// What to tell who wants to upload.
    pub(super) fn push_instead(&self, wanted: Wanted<'_>) -> StoreError {
        StoreError::PushInstead {
            url: self.url.to_string(),
            branch: format!("{}{}", self.prefix, name(wanted.service, wanted.id)),
        }
    }

    pub(super) async fn list(&self, service: &ServiceName) -> Result<Vec<Listed>, StoreError> {
        let folder = format!("{service}/");
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        self.blocking(move |reader| {
            let rows = reader.list(&folder)?.into_iter().filter_map(|(name, commit)| {
                let (_, id) = parse(&name)?;
                Some(reader.commit(commit).map(|read| Listed {
                    id,
                    tag: commit.to_string(),
                    at: when(read.committer.time.timestamp().as_second(), now),
                }))
            });
            rows.collect()
        })
        .await
    }

    pub(super) async fn exists(&self, wanted: Wanted<'_>) -> Result<bool, StoreError> {
        let name = name(wanted.service, wanted.id);
        self.blocking(move |reader| Ok(reader.find(&name)?.is_some())).await
    }

    pub(super) async fn read(&self, wanted: Wanted<'_>) -> Result<Found, StoreError> {
        let (service, id, limits) = (wanted.service.clone(), wanted.id.clone(), *wanted.limits);
        let read = self.blocking(move |reader| {
            let Some(commit) = reader.find(&name(&service, &id))? else { return Ok(None) };
            let digest = reader.commit(commit)?.tree.to_string();
            match read_tree(&reader.snapshot(commit)?, &service, &id, &limits) {
                Ok(artifact) => Ok(Some(Ok(Found { artifact, tag: commit.to_string(), digest }))),
                Err(TreeError::Read(error)) => Ok(Some(Err(error))),
                Err(TreeError::Mirror(error)) => Err(error),
            }
        });
        match read.await? {
            None => Err(wanted.missing()),
            Some(Err(error)) => Err(wanted.broken(error)),
            Some(Ok(found)) => Ok(found),
        }
    }

    /// Reads on a thread that may block.
    async fn blocking<T: Send + 'static>(
        &self,
        read: impl FnOnce(&ArchiveReader) -> Result<T, git_mirror::Error> + Send + 'static,
    ) -> Result<T, StoreError> {
        let reader = self.reader.clone();
        match tokio::task::spawn_blocking(move || read(&reader)).await {
            Ok(read) => read.map_err(|source| self.failed(source)),
            Err(source) => Err(StoreError::Thread { place: self.url.to_string(), source }),
        }
    }

    fn failed(&self, source: git_mirror::Error) -> StoreError {
        StoreError::Mirror { place: self.url.to_string(), source: source.into() }
    }
}

/// When an artifact came: when its commit was made. One that claims to be of the future would be the newest for as long
/// as it likes; it is the oldest instead.
fn when(committed: i64, now: i64) -> i64 {
    /// Clocks may differ by this many seconds.
    const TOLERATED: i64 = 600;
    if committed > now.saturating_add(TOLERATED) { i64::MIN } else { committed }
}

fn name(service: &ServiceName, id: &ArtifactId) -> String {
    format!("{service}/{id}")
}

/// The artifact that a branch is; `None` for other branches.
fn parse(name: &str) -> Option<(ServiceName, ArtifactId)> {
    Naming::Plain.parse(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_of_the_future_is_never_the_newest() {
        assert_eq!((when(5, 10), when(15, 10)), (5, 15));
        assert_eq!(when(4_000_000_000, 1_800_000_000), i64::MIN);
    }
}
