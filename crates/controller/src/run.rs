//! The controller as a whole: who runs, and how it stops.

mod error;

use std::net::SocketAddr;
use std::sync::Arc;

use agent::{Cluster, Retries};
use axum::Router;
use git_mirror::Mirror;
use logs::Setup;
use reconcile::Engine;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::info;

use crate::args::CommandLine;
use crate::follow::Follower;
use crate::git_state::GitState;
use crate::settings::Settings;
use crate::tree::GitSource;
use crate::web::{self, Site};
use crate::webhook;
pub use error::ControllerError;

/// Runs the program until a signal stops it.
///
/// # Errors
/// When it cannot start, or a part of it ended that must not.
pub fn start(args: CommandLine) -> Result<(), ControllerError> {
    logs::install(&args.log, Setup { quiet: agent::CLIENT_LIBRARIES, traces: None })?;
    let kubeconfig = args.kubeconfig.clone();
    let settings = Settings::try_from(args)?;
    // One thread is plenty for what waits nearly always; reading Git has threads of its own.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|source| ControllerError::Runtime { source })?;
    let outcome = runtime.block_on(async {
        let stop = CancellationToken::new();
        let mut signals = JoinSet::new();
        signals.spawn(agent::stop_on_signal(stop.clone()));
        let cluster = agent::cluster(kubeconfig.as_deref(), Retries::ByCaller).await?;
        run(settings, cluster, stop).await
    });
    // A fetch that hangs ends with its own deadline; nobody has to wait for it.
    runtime.shutdown_background();
    outcome
}

/// Follows the repository and drives the cluster, until `stop`.
///
/// # Errors
/// When it cannot start, or a part of it ended that must not.
pub async fn run(
    settings: Settings,
    cluster: Cluster,
    stop: CancellationToken,
) -> Result<(), ControllerError> {
    // Whatever ends the tasks below, by error or by the caller giving up, stops all of them.
    let stop = stop.child_token();
    let _guard = stop.clone().drop_guard();
    info!(
        environment = %settings.environment, repository = %settings.remote.url, branch = %settings.remote.branch,
        path = %settings.path, "following {} for {}", settings.remote.url, settings.environment
    );
    let mirror = Mirror::open(&settings.data_dir, settings.remote)?;
    let source = Arc::new(GitSource::new(mirror.reader()));
    let Cluster { client, address } = cluster;
    let (environment, prune_limit) = (settings.environment, settings.prune_limit);
    let machine = reconcile::Settings { environment, address, prune_limit };
    let (engine, handle) = Engine::new(client, machine, Arc::clone(&source) as Arc<dyn reconcile::Source>);
    let (state, git) = watch::channel(GitState::default());
    let bell = Arc::new(Notify::new());

    let mut tasks: JoinSet<Result<(), ControllerError>> = JoinSet::new();
    let site = Site { engine: handle.clone(), git: Arc::new(git) };
    serve(&mut tasks, settings.http, "--http-port", web::router(site), &stop).await?;
    let hook = webhook::router(settings.webhook_secret.as_ref(), Arc::clone(&bell));
    serve(&mut tasks, settings.webhook, "--webhook-port", hook, &stop).await?;
    let engine = engine.run(stop.clone());
    tasks.spawn(async {
        engine.await;
        Ok(())
    });
    let (path, interval) = (settings.path, settings.poll_interval);
    let follower = Follower { mirror, path, interval, source, engine: handle, state, bell };
    tasks.spawn(follower.run(stop.clone()));
    supervise(tasks, &stop).await
}

/// Waits for the end: all tasks after a stop, or the first that ends without one.
async fn supervise(
    mut tasks: JoinSet<Result<(), ControllerError>>,
    stop: &CancellationToken,
) -> Result<(), ControllerError> {
    let mut outcome = Ok(());
    while let Some(ended) = tasks.join_next().await {
        let ended = match ended {
            // A part that finds another one gone while we stop has nothing to say.
            Ok(_) if stop.is_cancelled() => Ok(()),
            Ok(Ok(())) => Err(ControllerError::TaskEnded),
            Ok(Err(error)) => Err(error),
            Err(panic) => Err(ControllerError::TaskFailed { source: panic }),
        };
        stop.cancel();
        outcome = outcome.and(ended);
    }
    info!("stopped");
    outcome
}

async fn serve(
    tasks: &mut JoinSet<Result<(), ControllerError>>,
    address: Option<SocketAddr>,
    flag: &'static str,
    router: Router,
    stop: &CancellationToken,
) -> Result<(), ControllerError> {
    let Some(address) = address else { return Ok(()) };
    let failed = move |source| ControllerError::Listen { address, flag, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let stopped = stop.clone().cancelled_owned();
    tasks.spawn(async move {
        axum::serve(listener, router).with_graceful_shutdown(stopped).await.map_err(failed)
    });
    Ok(())
}
