//! What every handler and worker shares.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use api::Rollout;
use artifact::{EnvName, ServiceName};
use artifact_store::ArtifactStore;
use config_repo::{Landed, Reader, Writer};
use policy::GlobalRestriction;
use queue::Queue;
use secrecy::SecretString;
use tokio::sync::{Notify, Semaphore};

use crate::broker::{Links, Outbox};
use crate::events::News;
use crate::git_host::GitHost;
use crate::http::{Readiness, UploadKey};
use crate::identity::Identity;
use crate::metrics::Metrics;
use crate::notify::Notifier;
use crate::release::Waiting;
use crate::reports::Accepted;
use crate::rollouts::{Place, Rollouts};
use crate::space::Space;

/// The server's parts. Each looks after itself; nothing here is a lock.
pub(crate) struct Parts {
    pub(crate) identity: Identity,
    pub(crate) store: ArtifactStore,
    pub(crate) queue: Queue,
    pub(crate) space: Arc<Space>,
    pub(crate) writer: Writer,
    /// How it stands with the host that the writer pushes to.
    pub(crate) git_host: GitHost,
    pub(crate) reader: Reader,
    pub(crate) globals: Vec<GlobalRestriction>,
    pub(crate) waiting: Waiting,
    pub(crate) rollouts: Rollouts,
    pub(crate) accepted_reports: Accepted,
    /// Tells who listens over HTTP.
    pub(crate) news: Arc<News>,
    pub(crate) readiness: Readiness,
    pub(crate) notifier: Notifier,
    /// Tells the broker.
    pub(crate) outbox: Outbox,
    /// How it stands with the broker.
    pub(crate) links: Links,
    pub(crate) metrics: Metrics,
    pub(crate) upload_key: UploadKey,
    /// Room for uploads, each of which is in memory as a whole.
    pub(crate) uploads: Semaphore,
    pub(crate) webhook_secret: Option<SecretString>,
    pub(crate) public_url: String,
    /// Rung when the config repository is said to have changed.
    pub(crate) refresh: Notify,
    /// How long a request may take.
    pub(crate) timeout: Duration,
    /// Whether the server has to look for uploads, because nobody tells it of them: for good, or not yet.
    pub(crate) looks_for_uploads: AtomicBool,
    /// The repository that CI pushes artifacts to, if it does.
    pub(crate) artifact_repo: Option<String>,
    /// Rung when CI is said to have pushed one.
    pub(crate) pushed: Notify,
}

impl Parts {
    /// What the cluster made of a release; nothing where another one runs by now, or nobody knows.
    pub(crate) fn rollout_of(&self, landed: &Landed) -> Option<Rollout> {
        let record = &landed.record;
        let (environment, service): (EnvName, ServiceName) =
            (record.environment.parse().ok()?, record.service.parse().ok()?);
        let current = self.reader.releases(&environment, &service, 1).ok()?.pop()?;
        if current.commit != landed.commit {
            return None;
        }
        let spec = artifact::decode_leniently(&self.reader.spec_bytes(landed).ok()??).ok()?;
        let namespace = if spec.namespace.is_empty() { environment.as_str() } else { &spec.namespace };
        self.rollout(&Place {
            environment: environment.to_string(),
            namespace: namespace.to_owned(),
            service: record.service.clone(),
            artifact: record.artifact.clone(),
        })
    }
}

/// A handle to the parts, for every task.
pub(crate) type App = Arc<Parts>;
