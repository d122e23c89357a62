//! New artifacts, as a look at the repository shows them.

use std::sync::{Arc, Mutex, PoisonError};

use artifact::{ArtifactId, ServiceName};
use git_mirror::{Archive, CommitId, Moved};

use super::{Branches, parse};
use crate::StoreError;

/// Looks at the repository that CI pushes to. Of it there is one; it may be asked by one task at a time.
#[derive(Clone, Debug)]
pub struct Pushes {
    archive: Arc<Mutex<Archive>>,
    branches: Branches,
}

/// What a look has shown. The artifacts are told again until they are [acknowledged](Pushes::acknowledge).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pushed {
    /// The artifacts that are new, the oldest first.
    pub artifacts: Vec<(ServiceName, ArtifactId)>,
    /// Those whose branch has been moved; what they hold stays as it was.
    pub moved: Vec<MovedArtifact>,
    kept: Vec<(String, CommitId)>,
}

/// An artifact that somebody tried to replace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedArtifact {
    /// The service.
    pub service: ServiceName,
    /// The artifact.
    pub id: ArtifactId,
    /// The commit it is.
    pub from: String,
    /// The commit its branch is at now.
    pub to: String,
}

impl Pushes {
    pub(super) fn new(archive: Arc<Mutex<Archive>>, branches: Branches) -> Self {
        Self { archive, branches }
    }

    /// Fetches what is new. The first look of all tells of nothing: what is there then was there before us.
    ///
    /// # Errors
    /// When the repository cannot be reached or read, or the mirror fails.
    pub async fn look(&self) -> Result<Pushed, StoreError> {
        self.blocking(|archive| {
            let moved = archive.fetch(|name| parse(name).is_some())?;
            let reader = archive.reader();
            let mut kept = Vec::new();
            for (name, commit) in reader.incoming()? {
                kept.push((reader.commit(commit)?.committer.time.timestamp(), name, commit));
            }
            kept.sort();
            if archive.is_new() {
                for (_, name, commit) in &kept {
                    archive.keep(name, *commit)?;
                }
                tracing::info!(artifacts = kept.len(), "took in the artifacts that are there");
                kept.clear();
                archive.begin()?;
            }
            if archive.is_untidy() {
                archive.tidy()?;
            }
            Ok(Pushed {
                artifacts: kept.iter().filter_map(|(_, name, _)| parse(name)).collect(),
                moved: moved.iter().filter_map(MovedArtifact::of).collect(),
                kept: kept.into_iter().map(|(_, name, commit)| (name, commit)).collect(),
            })
        })
        .await
    }

    /// What was told is safe elsewhere: it is not told again.
    ///
    /// # Errors
    /// When the mirror fails; it is told again then.
    pub async fn acknowledge(&self, pushed: Pushed) -> Result<(), StoreError> {
        self.blocking(move |archive| {
            pushed.kept.iter().try_for_each(|(name, commit)| archive.keep(name, *commit))
        })
        .await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Archive) -> Result<T, git_mirror::Error> + Send + 'static,
    ) -> Result<T, StoreError> {
        let archive = self.archive.clone();
        let worked = tokio::task::spawn_blocking(move || {
            // Refs and packs are whole or not at all: a look that broke off leaves nothing half done.
            work(&mut archive.lock().unwrap_or_else(PoisonError::into_inner))
        });
        match worked.await {
            Ok(worked) => worked.map_err(|source| self.branches.failed(source)),
            Err(source) => Err(StoreError::Thread { place: self.branches.url.to_string(), source }),
        }
    }
}

impl MovedArtifact {
    fn of(moved: &Moved) -> Option<Self> {
        let (service, id) = parse(&moved.name)?;
        Some(Self { service, id, from: moved.kept.to_string(), to: moved.now.to_string() })
    }
}
