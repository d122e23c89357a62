//! Questions about the repository, answered from indexes and blobs, whichever place holds the answer.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use artifact::{ArtifactId, ArtifactSpec, DecodeError, EnvName, Namespace, ReleaseId, ServiceName};
use git_mirror::{CommitId, Snapshot};
use policy::PolicyFile;

use crate::facts::Rules;
use crate::index::Landed;
use crate::ledger::Ledger;
use crate::places::Places;
use crate::{ReadError, Settings, Workload, facts};

/// The reading half; clone it for every thread. It never waits for the writer and never for a remote.
#[derive(Clone)]
pub struct Reader {
    places: Arc<Places>,
}

/// What runs in one environment, as the repository says.
#[derive(Debug)]
pub struct Running {
    /// The environment.
    pub environment: EnvName,
    /// The namespace.
    pub namespace: String,
    /// The spec that lies there; one broken file or place breaks no other answer.
    pub spec: Result<ArtifactSpec, Unreadable>,
    /// The release that put it there; `None` when somebody did so by hand.
    pub landed: Option<Landed>,
}

/// Why nobody knows what runs in an environment.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// The spec that lies there is none.
    #[error(transparent)]
    Spec(#[from] DecodeError),
    /// The environment's repository or branch cannot be read.
    #[error(transparent)]
    Place(#[from] ReadError),
}

impl Reader {
    pub(crate) fn new(places: Arc<Places>) -> Self {
        Self { places }
    }

    /// The commit of the home branch that answers are about; `None` while it is empty.
    ///
    /// # Errors
    /// When the index cannot be read, or the repository has not been read yet.
    pub fn tip(&self) -> Result<Option<CommitId>, ReadError> {
        self.places.home().tip()
    }

    /// How long ago the mirror was last known to equal the remote, or since when this process waits for that; of several
    /// places the longest. A landing of ours is such a moment, as a look at the remote is.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.places.ledgers().iter().map(Ledger::age).max().unwrap_or_default()
    }

    /// The size of the indexes on disk.
    #[must_use]
    pub fn index_bytes(&self) -> u64 {
        self.places.ledgers().iter().map(Ledger::index_bytes).sum()
    }

    /// The environments there are.
    ///
    /// # Errors
    /// When the file that names them is wrong or the mirror cannot be read.
    pub fn settings(&self) -> Result<Settings, ReadError> {
        Settings::at(self.places.home().snapshot()?.as_ref())
    }

    /// Every environment and service that ever had a release, in order; names in small letters.
    ///
    /// # Errors
    /// When an index cannot be read.
    pub fn services(&self) -> Result<Vec<(String, String)>, ReadError> {
        let mut found = BTreeSet::new();
        for ledger in self.places.ledgers() {
            found.extend(ledger.index().services()?);
        }
        Ok(found.into_iter().collect())
    }

    /// What runs of a service, an entry an environment, by name. Without a namespace the environment's own is meant,
    /// and where nothing is there, the one the service lives in. An environment whose place cannot be read has an
    /// entry that says so.
    ///
    /// # Errors
    /// When the home branch cannot be read.
    pub fn status(
        &self,
        service: &ServiceName,
        namespace: Option<&Namespace>,
    ) -> Result<Vec<Running>, ReadError> {
        let home = self.places.home();
        let routes = self.places.routes();
        let mut running = Vec::new();
        for environment in home.folders()?.iter().filter(|name| !routes.contains_key(*name)) {
            running.extend(home.running(environment, service, namespace)?);
        }
        for (environment, route) in routes {
            let found = route.map_err(ReadError::Place);
            match found.and_then(|open| open.ledger.running(&environment, service, namespace)) {
                Ok(found) => running.extend(found),
                Err(error) => running.push(Running {
                    namespace: namespace.map_or(environment.as_str(), Namespace::as_str).to_owned(),
                    environment,
                    spec: Err(error.into()),
                    landed: None,
                }),
            }
        }
        running.sort_by(|a, b| a.environment.cmp(&b.environment));
        Ok(running)
    }

    /// The services that lie in an environment, in small letters, and the namespace of each: one tree read for each
    /// namespace.
    ///
    /// # Errors
    /// When the environment's place or the mirror cannot be read.
    pub fn present(&self, environment: &EnvName) -> Result<HashMap<String, String>, ReadError> {
        self.snapshot(environment)?.map_or_else(
            || Ok(HashMap::new()),
            |snapshot| facts::services_in(&snapshot, environment.as_str()),
        )
    }

    /// What of a release runs pods, by its manifests; `None` where this very artifact does not lie.
    ///
    /// # Errors
    /// When the environment's place or the mirror cannot be read.
    pub fn workloads(
        &self,
        environment: &EnvName,
        namespace: &Namespace,
        service: &ServiceName,
        artifact: &str,
    ) -> Result<Option<Vec<Workload>>, ReadError> {
        let Some(snapshot) = self.snapshot(environment)? else { return Ok(None) };
        let place = [environment.as_str(), namespace.as_str(), service.as_str()];
        facts::workloads(&snapshot, place, artifact)
    }

    /// The releases of a service to an environment, newest first, at most so many. Those from before the environment
    /// moved to its place come last.
    ///
    /// # Errors
    /// When the environment's place or an index cannot be read.
    pub fn releases(
        &self,
        environment: &EnvName,
        service: &ServiceName,
        count: usize,
    ) -> Result<Vec<Landed>, ReadError> {
        let home = self.places.home();
        let mut found = Vec::new();
        if let Some(open) = self.places.route(environment).map_err(ReadError::Place)? {
            open.ledger.tip()?;
            found = open.ledger.index().releases(environment.as_str(), service.as_str(), count)?;
        }
        if found.len() < count {
            home.tip()?;
            let earlier = home.index().releases(environment.as_str(), service.as_str(), count)?;
            merge(&mut found, earlier);
            found.truncate(count);
        }
        Ok(found)
    }

    /// The spec a release put into the repository; `None` when its commit holds none.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn spec_bytes(&self, landed: &Landed) -> Result<Option<Vec<u8>>, ReadError> {
        let environment: Option<EnvName> = landed.record.environment.parse().ok();
        let route = environment.and_then(|environment| self.places.route(&environment).ok()).flatten();
        // A commit that is not there was made before the environment moved.
        match route.map(|open| open.ledger.spec_bytes(landed)) {
            Some(Ok(found)) => Ok(found),
            Some(Err(_)) | None => self.places.home().spec_bytes(landed),
        }
    }

    /// Where and when an artifact was released, newest first.
    ///
    /// # Errors
    /// When an index cannot be read, or a place has not been read yet.
    pub fn ran(&self, artifact: &ArtifactId) -> Result<Vec<Landed>, ReadError> {
        let ledgers = self.places.ledgers();
        let mut found = Vec::new();
        for ledger in &ledgers {
            ledger.tip()?;
            merge(&mut found, ledger.index().ran(artifact.as_str())?);
        }
        // One branch knows the order in which releases arrived; of several only the clock tells.
        if ledgers.len() > 1 {
            found.sort_by_key(|landed| std::cmp::Reverse(landed.at.timestamp()));
        }
        Ok(found)
    }

    /// The release of an accepted request, once it has landed.
    ///
    /// # Errors
    /// When an index cannot be read.
    pub fn landed(&self, id: ReleaseId) -> Result<Option<Landed>, ReadError> {
        self.places.landed(id)
    }

    /// The policies of a service.
    ///
    /// # Errors
    /// When the file is wrong or the mirror cannot be read.
    pub fn policies(&self, service: &ServiceName) -> Result<PolicyFile, ReadError> {
        facts::policies(self.places.home().snapshot()?.as_ref(), service)
    }

    /// The rules that hold now: those of the home branch.
    pub(crate) fn rules(&self) -> Result<Rules, ReadError> {
        Rules::at(self.places.home().snapshot()?)
    }

    /// The files of the place where an environment lives.
    pub(crate) fn snapshot(&self, environment: &EnvName) -> Result<Option<Snapshot>, ReadError> {
        match self.places.route(environment).map_err(ReadError::Place)? {
            Some(open) => open.ledger.snapshot(),
            None => self.places.home().snapshot(),
        }
    }
}

/// Adds releases that are not there yet: a branch begins with the history of the one it left.
fn merge(found: &mut Vec<Landed>, more: Vec<Landed>) {
    let known: HashSet<CommitId> = found.iter().map(|landed| landed.commit).collect();
    found.extend(more.into_iter().filter(|landed| !known.contains(&landed.commit)));
}
