//! Questions about the repository, answered from the index and from blobs.

use std::collections::HashMap;

use artifact::{ArtifactId, ArtifactSpec, DecodeError, EnvName, Namespace, ReleaseId, ServiceName};
use git_mirror::{CommitId, EntryKind, Snapshot, TreePath};
use policy::PolicyFile;

use crate::index::{Index, Landed};
use crate::{ReadError, Settings, facts, layout};

/// The reading half; clone it for every thread. It never waits for the writer and never for the remote.
#[derive(Clone)]
pub struct Reader {
    git: git_mirror::Reader,
    index: Index,
}

/// What runs in one environment, as the repository says.
#[derive(Debug)]
pub struct Running {
    /// The environment.
    pub environment: EnvName,
    /// The namespace.
    pub namespace: String,
    /// The spec that lies there; one broken file breaks no other answer.
    pub spec: Result<ArtifactSpec, DecodeError>,
    /// The release that put it there; `None` when somebody did so by hand.
    pub landed: Option<Landed>,
}

impl Reader {
    pub(crate) fn new(git: git_mirror::Reader, index: Index) -> Self {
        Self { git, index }
    }

    /// The commit that answers are about; `None` while the repository is empty.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn tip(&self) -> Result<Option<CommitId>, ReadError> {
        Ok(self.index.tip()?)
    }

    /// The mirror below, for what this reader does not answer.
    #[must_use]
    pub fn git(&self) -> &git_mirror::Reader {
        &self.git
    }

    /// The environments there are.
    ///
    /// # Errors
    /// When the file that names them is wrong or the mirror cannot be read.
    pub fn settings(&self) -> Result<Settings, ReadError> {
        Settings::at(self.snapshot()?.as_ref())
    }

    /// Every environment and service that ever had a release, in order; names in small letters.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn services(&self) -> Result<Vec<(String, String)>, ReadError> {
        Ok(self.index.services()?)
    }

    /// What runs of a service, an entry an environment, by name. Without a namespace the environment's own is meant,
    /// and where nothing is there, the one the service lives in.
    ///
    /// # Errors
    /// When the index or the mirror cannot be read.
    pub fn status(
        &self,
        service: &ServiceName,
        namespace: Option<&Namespace>,
    ) -> Result<Vec<Running>, ReadError> {
        let Some(snapshot) = self.snapshot()? else { return Ok(Vec::new()) };
        let mut running = Vec::new();
        for entry in snapshot.entries(&TreePath::root())? {
            let (EntryKind::Folder(_), Ok(environment)) = (entry.kind, entry.name.parse::<EnvName>()) else {
                continue;
            };
            if let Some(found) = self.running(&snapshot, environment, service, namespace)? {
                running.push(found);
            }
        }
        Ok(running)
    }

    fn running(
        &self,
        snapshot: &Snapshot,
        environment: EnvName,
        service: &ServiceName,
        namespace: Option<&Namespace>,
    ) -> Result<Option<Running>, ReadError> {
        let env = environment.as_str();
        let mut place = namespace.map_or(env, Namespace::as_str).to_owned();
        let mut bytes = snapshot.blob(&layout::spec(env, &place, service.as_str()))?;
        if bytes.is_none() && namespace.is_none() {
            let other = facts::namespaces_with(snapshot, env, service.as_str())?.into_iter().next();
            let Some(other) = other else { return Ok(None) };
            bytes = snapshot.blob(&layout::spec(env, &other, service.as_str()))?;
            place = other;
        }
        let Some(bytes) = bytes else { return Ok(None) };
        let spec = artifact::decode(&bytes);
        let newest = self.index.releases(env, service.as_str(), 1)?.pop();
        let landed =
            newest.filter(|landed| spec.as_ref().is_ok_and(|spec| spec.id == landed.record.artifact));
        Ok(Some(Running { environment, namespace: place, spec, landed }))
    }

    /// The services that lie in an environment, in small letters, and the namespace of each: one tree read for each
    /// namespace.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn present(&self, environment: &EnvName) -> Result<HashMap<String, String>, ReadError> {
        let Some(snapshot) = self.snapshot()? else { return Ok(HashMap::new()) };
        facts::services_in(&snapshot, environment.as_str())
    }

    /// The releases of a service to an environment, newest first, at most so many.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn releases(
        &self,
        environment: &EnvName,
        service: &ServiceName,
        count: usize,
    ) -> Result<Vec<Landed>, ReadError> {
        Ok(self.index.releases(environment.as_str(), service.as_str(), count)?)
    }

    /// The spec a release put into the repository; `None` when its commit holds none.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn spec_bytes(&self, landed: &Landed) -> Result<Option<Vec<u8>>, ReadError> {
        let snapshot = self.git.snapshot(landed.commit)?;
        let (environment, service) = (landed.record.environment.as_str(), landed.record.service.as_str());
        let namespaces = facts::namespaces_with(&snapshot, environment, service)?;
        let namespace = match namespaces.as_slice() {
            [] => return Ok(None),
            [only] => only,
            [first, ..] => self.changed(&snapshot, landed, &namespaces)?.unwrap_or(first),
        };
        Ok(snapshot.blob(&layout::spec(environment, namespace, service))?)
    }

    /// Of several namespaces with the service, the one this commit touched.
    fn changed<'n>(
        &self,
        snapshot: &Snapshot,
        landed: &Landed,
        namespaces: &'n [String],
    ) -> Result<Option<&'n String>, ReadError> {
        let Some(parent) = self.git.commit(landed.commit)?.parents.first().copied() else { return Ok(None) };
        let before = self.git.snapshot(parent)?;
        for namespace in namespaces {
            let spec = layout::spec(&landed.record.environment, namespace, &landed.record.service);
            if before.blob_id(&spec)? != snapshot.blob_id(&spec)? {
                return Ok(Some(namespace));
            }
        }
        Ok(None)
    }

    /// Where and when an artifact was released, newest first.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn ran(&self, artifact: &ArtifactId) -> Result<Vec<Landed>, ReadError> {
        Ok(self.index.ran(artifact.as_str())?)
    }

    /// The release of an accepted request, once it has landed.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn landed(&self, id: ReleaseId) -> Result<Option<Landed>, ReadError> {
        Ok(self.index.landed(id)?)
    }

    /// The policies of a service.
    ///
    /// # Errors
    /// When the file is wrong or the mirror cannot be read.
    pub fn policies(&self, service: &ServiceName) -> Result<PolicyFile, ReadError> {
        facts::policies(self.snapshot()?.as_ref(), service)
    }

    pub(crate) fn snapshot(&self) -> Result<Option<Snapshot>, ReadError> {
        Ok(self.index.tip()?.map(|tip| self.git.snapshot(tip)).transpose()?)
    }
}
