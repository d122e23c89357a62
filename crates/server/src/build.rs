//! From the configuration to running parts: files are opened, the mirror is made.

use std::fs::{DirBuilder, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use api::Event;
use artifact_store::{ArtifactStore, Limits, Pushes, S3Settings, SpecIndex};
use config_repo::{ConfigRepo, Options, Worker};
use explain::{Kind, Report};
use git_mirror::{GpgSigner, SignError, Signer, SshSigner};
use jiff::{Timestamp, Zoned};
use queue::{Backoff, Queue};
use reqwest::redirect::Policy;
use tokio::sync::{Notify, Semaphore, oneshot};

use crate::app::{App, Parts};
use crate::broker::{Links, Outbox};
use crate::config::{BrokerConfig, Config, GitConfig, IdentityConfig, NotifyConfig, Signing, StoreConfig};
use crate::events::News;
use crate::git_host::GitHost;
use crate::http::{Readiness, UploadKey};
use crate::identity::{Identity, Jwks, JwtRules};
use crate::metrics::{Metrics, WriterMetrics};
use crate::notify::{Clients, Notifier};
use crate::release::{Waiting, of_landed};
use crate::reports::Accepted;
use crate::rollouts::Rollouts;
use crate::space::Space;

/// Uploads taken in at once; the others wait. The largest allowed need half a gigabyte together.
const UPLOADS: usize = 8;

/// How long making a connection to a peer may take; each call has a limit of its own beside it.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Of a folder that its owner may read, write and enter, and nobody else.
const OWNER_ONLY: u32 = 0o700;

/// How the server hears of new artifacts that it does not take in itself.
pub(crate) enum Hears {
    /// It looks for each that it gave an upload address for.
    Nothing,
    /// S3 tells of uploads.
    Uploads(S3Settings),
    /// It looks at the repository that CI pushes to.
    Pushes(Pushes),
}

/// What [`build`] makes.
pub(crate) struct Built {
    pub(crate) app: App,
    /// Writes the config repository; to be run on a thread of its own.
    pub(crate) worker: Worker,
    /// Hears when the queue has ended.
    pub(crate) queue_ended: oneshot::Receiver<()>,
    pub(crate) hears: Hears,
    pub(crate) broker: Option<BrokerConfig>,
    pub(crate) notify: NotifyConfig,
    pub(crate) clients: Clients,
}

/// Opens everything. A Git host or identity provider that is down does not keep the server from starting.
pub(crate) async fn build(config: Config) -> Result<Built, Report> {
    // A second call finds the provider installed; that is all we need.
    let _already = rustls::crypto::ring::default_provider().install_default();
    let folder = &config.data_dir;
    private_folder(folder).map_err(|error| Report {
        kind: Kind::Usage,
        message: format!("the data folder {} cannot be made: {error}", folder.display()),
        hint: "give one that the server may write to: --data-dir".to_owned(),
    })?;
    let clients = clients()?;
    let (queue, queue_ended) =
        Queue::open(&folder.join("queue.redb"), Backoff::default()).map_err(|error| Report::new(&error))?;
    let (store, hears) = store(&config.store, folder).await?;
    let artifact_repo = match &config.store {
        StoreConfig::Git(source) => Some(source.url.to_string()),
        StoreConfig::Folder(_) | StoreConfig::S3(_) => None,
    };
    let news = Arc::new(News::new());
    let metrics = Metrics::new();
    let counted = metrics.writer.clone();
    let repo = open_repo(config.git, &config.globals, folder, news.clone(), counted).await?;
    let upload_key = UploadKey::open(&folder.join("upload.key")).map_err(|error| Report {
        kind: Kind::Internal,
        message: explain::chain(&error).join(": "),
        hint: "let the server write to its data folder".to_owned(),
    })?;
    let rollouts = Rollouts::open(&folder.join("rollouts.redb"), Timestamp::now())
        .map_err(|error| Report::new(&error))?;
    let webhook_secret = config.identity.webhook_secret.clone();
    let app = Arc::new(Parts {
        identity: identity(config.identity, &clients.usual),
        store,
        queue,
        space: Arc::new(Space::new(config.data_dir)),
        writer: repo.writer,
        git_host: GitHost::default(),
        reader: repo.reader,
        globals: config.globals,
        waiting: Waiting::default(),
        rollouts,
        accepted_reports: Accepted::default(),
        news,
        readiness: Readiness::default(),
        notifier: Notifier::new(config.notify.clone()),
        outbox: Outbox::new(config.broker.is_some()),
        links: Links::default(),
        metrics,
        upload_key,
        uploads: Semaphore::new(UPLOADS),
        webhook_secret,
        public_url: config.public_url,
        refresh: Notify::new(),
        timeout: config.timeout,
        // Until the bucket has been told to tell, an upload is heard of by nobody.
        looks_for_uploads: AtomicBool::new(true),
        artifact_repo,
        pushed: Notify::new(),
    });
    Ok(Built {
        app,
        worker: repo.worker,
        queue_ended,
        hears,
        broker: config.broker,
        notify: config.notify,
        clients,
    })
}

fn clients() -> Result<Clients, Report> {
    let client = |redirects| {
        let builder = reqwest::Client::builder().connect_timeout(CONNECT_TIMEOUT).redirect(redirects);
        builder.build().map_err(|error| Report {
            kind: Kind::Internal,
            message: format!("no HTTP client can be made: {}", explain::chain(&error).join(": ")),
            hint: "install the system's CA certificates".to_owned(),
        })
    };
    Ok(Clients { usual: client(Policy::default())?, without_redirects: client(Policy::none())? })
}

/// Makes a folder that its owner alone may enter, so that nobody else reads the files in it. One that is another
/// user's, as a mounted volume may be, stays as it was made.
fn private_folder(folder: &Path) -> std::io::Result<()> {
    DirBuilder::new().recursive(true).mode(OWNER_ONLY).create(folder)?;
    match std::fs::set_permissions(folder, Permissions::from_mode(OWNER_ONLY)) {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            tracing::warn!(folder = %folder.display(), "others may be able to read the data folder");
            Ok(())
        }
        done => done,
    }
}

fn identity(config: IdentityConfig, http: &reqwest::Client) -> Identity {
    let provider = config
        .provider
        .map(|(url, issuer, audience)| (Jwks::new(url, http.clone()), JwtRules { issuer, audience }));
    Identity { tokens: config.tokens, provider, require_scopes: config.require_scopes }
}

/// The store, and how to hear of what comes to it.
async fn store(config: &StoreConfig, folder: &Path) -> Result<(ArtifactStore, Hears), Report> {
    let index = SpecIndex::open(&folder.join("artifact-index.redb")).map_err(|error| Report::new(&error))?;
    let limits = Limits::default();
    let built = match config {
        StoreConfig::Folder(folder) => {
            ArtifactStore::local(folder, index, limits).map(|store| (store, Hears::Nothing))
        }
        StoreConfig::S3(settings) => {
            // Amazon's S3 tells its SQS; another one tells nobody unless we are told where.
            let tells = settings.endpoint.is_none() || settings.queue_endpoint.is_some();
            let hears = if tells { Hears::Uploads(settings.clone()) } else { Hears::Nothing };
            ArtifactStore::s3(settings, index, limits).await.map(|store| (store, hears))
        }
        StoreConfig::Git(source) => {
            ArtifactStore::git(&folder.join("artifact-repo"), source.clone(), index, limits)
                .map(|(store, pushes)| (store, Hears::Pushes(pushes)))
        }
    };
    built.map_err(|error| Report::new(&error))
}

/// Opens the signing key; what it needs beside goes into the data folder.
fn signer(signing: Option<Signing>, folder: &Path) -> Result<Option<Box<dyn Signer>>, SignError> {
    Ok(match signing {
        None => None,
        Some(Signing::Ssh(path)) => Some(Box::new(SshSigner::read(&path)?)),
        Some(Signing::Gpg { key, imports }) => {
            Some(Box::new(GpgSigner::open(&folder.join("gnupg"), &key, &imports)?))
        }
    })
}

async fn open_repo(
    config: GitConfig,
    globals: &[policy::GlobalRestriction],
    folder: &Path,
    news: Arc<News>,
    counted: WriterMetrics,
) -> Result<ConfigRepo, Report> {
    let signer = signer(config.signing, folder).map_err(|error| Report::new(&error))?;
    let anew = news.clone();
    let options = Options {
        folder: folder.join("config-repo"),
        remote: config.remote,
        committer: config.committer,
        signer,
        globals: globals.to_vec(),
        accept_rewritten_history: config.accept_rewritten_history,
        landed: Box::new(move |landed| news.tell(Event::Release(of_landed(landed).into()))),
        observed: Box::new(move |observed| counted.observe(observed)),
        rewritten: Box::new(move || anew.tell(Event::Reset)),
        now: Box::new(Zoned::now),
    };
    // Opening fetches, which blocks.
    match tokio::task::spawn_blocking(move || ConfigRepo::open(options)).await {
        Ok(opened) => opened.map_err(|error| Report::new(&error)),
        Err(error) => Err(Report {
            kind: Kind::Internal,
            message: format!("opening the config repository failed: {error}"),
            hint: "report this, with the log".to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_folder_is_its_owners_alone() {
        let parent = tempfile::tempdir().unwrap();
        let (new, open) = (parent.path().join("a/new"), parent.path().join("open"));
        std::fs::create_dir(&open).unwrap();
        std::fs::set_permissions(&open, Permissions::from_mode(0o755)).unwrap();
        for folder in [new, open] {
            private_folder(&folder).unwrap();
            let mode = std::fs::metadata(&folder).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, OWNER_ONLY, "{}", folder.display());
        }
    }
}
