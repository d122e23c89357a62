//! What every handler and worker shares.

use std::sync::Arc;
use std::time::Duration;

use artifact_store::ArtifactStore;
use config_repo::{Reader, Writer};
use policy::GlobalRestriction;
use queue::Queue;
use secrecy::SecretString;
use tokio::sync::{Notify, Semaphore};

use crate::http::UploadKey;
use crate::identity::Identity;
use crate::metrics::Metrics;
use crate::notify::Notifier;
use crate::release::Waiting;
use crate::rollouts::Rollouts;

/// The server's parts. Each looks after itself; nothing here is a lock.
pub(crate) struct Parts {
    pub(crate) identity: Identity,
    pub(crate) store: ArtifactStore,
    pub(crate) queue: Queue,
    pub(crate) writer: Writer,
    pub(crate) reader: Reader,
    pub(crate) globals: Vec<GlobalRestriction>,
    pub(crate) waiting: Waiting,
    pub(crate) rollouts: Rollouts,
    pub(crate) notifier: Notifier,
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
    /// Whether the server has to look for uploads, because nobody tells it of them.
    pub(crate) looks_for_uploads: bool,
}

/// A handle to the parts, for every task.
pub(crate) type App = Arc<Parts>;
