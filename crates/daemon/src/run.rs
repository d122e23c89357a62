//! The daemon as a whole: who runs, and how it stops.

mod error;

use std::net::SocketAddr;
use std::sync::Arc;

use agent::Retries;
use axum::Router;
use logs::Setup;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::info;

use crate::args::StartArgs;
use crate::deliver::Delivery;
use crate::flux;
use crate::health::Watches;
use crate::metrics::Metrics;
use crate::observe::Kind;
use crate::outbox::{Limits, Outbox};
use crate::post::{self, Poster};
use crate::probes::{self, Probes};
use crate::report::Reports;
use crate::reporter::{QUEUE, Reporter};
use crate::settings::Settings;
use crate::token::Tokens;
use crate::watch::{self, Scope};
pub use error::DaemonError;

/// Runs the program `release-daemon start` until a signal stops it.
///
/// # Errors
/// When it cannot start, or a part of it ended that must not.
pub fn start(args: StartArgs) -> Result<(), DaemonError> {
    logs::install(&args.log, Setup { quiet: agent::CLIENT_LIBRARIES, traces: None })?;
    let kubeconfig = args.kubeconfig.clone();
    let settings = Settings::try_from(args)?;
    // One thread is plenty for what waits nearly always, and each costs memory.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|source| DaemonError::Runtime { source })?;
    runtime.block_on(async {
        let stop = CancellationToken::new();
        let mut signals = JoinSet::new();
        signals.spawn(agent::stop_on_signal(stop.clone()));
        let client = agent::cluster(kubeconfig.as_deref(), Retries::ByClient).await?.client;
        run(settings, client, stop).await
    })
}

/// Watches the cluster behind `client` and reports, until `stop`.
///
/// # Errors
/// When it cannot start, or a part of it ended that must not.
pub async fn run(
    settings: Settings,
    client: kube::Client,
    stop: CancellationToken,
) -> Result<(), DaemonError> {
    let http = post::http_client(settings.timeout).map_err(|source| DaemonError::HttpClient { source })?;
    let outbox = Arc::new(Outbox::open(&settings.data_dir, Limits::default())?);
    let metrics = Arc::new(Metrics::default());
    let scopes = scopes(&settings.namespaces);
    let watches = Arc::new(Watches::new(&scopes, Arc::clone(&metrics)));
    let poster = Poster::new(http.clone(), settings.server.clone());
    let told = outbox.told()?;
    info!(
        environment = %settings.context.environment, server = %poster.address(), waiting = outbox.depth().borrow().pending,
        "watching for {}", settings.context.environment
    );

    // Whatever ends the tasks below, by error or by the caller giving up, stops all of them.
    let stop = stop.child_token();
    let _guard = stop.clone().drop_guard();
    let mut tasks: JoinSet<Result<(), DaemonError>> = JoinSet::new();
    let probes =
        Probes { metrics: Arc::clone(&metrics), watches: Arc::clone(&watches), outbox: Arc::clone(&outbox) };
    serve(&mut tasks, settings.probes, "--http-port", probes::router(Arc::new(probes)), &stop).await?;
    serve(&mut tasks, settings.flux, "--flux-port", flux::router(), &stop).await?;
    let (sender, changes) = mpsc::channel(QUEUE);
    for scope in scopes {
        let follow = watch::follow(scope, client.clone(), sender.clone(), Arc::clone(&watches), stop.clone());
        tasks.spawn(async {
            follow.await;
            Ok(())
        });
    }
    drop(sender);
    let reports = Reports::new(settings.context, told);
    let reporter = Reporter { reports, outbox: Arc::clone(&outbox), metrics: Arc::clone(&metrics) };
    let report = reporter.run(client, changes, stop.clone());
    tasks.spawn(async { Ok(report.await?) });
    let deliver = Delivery::new(outbox, poster, Tokens::new(settings.token, http), metrics).run(stop.clone());
    tasks.spawn(async { Ok(deliver.await?) });
    supervise(tasks, &stop).await
}

/// Waits for the end: all tasks after a stop, or the first that ends without one.
async fn supervise(
    mut tasks: JoinSet<Result<(), DaemonError>>,
    stop: &CancellationToken,
) -> Result<(), DaemonError> {
    let mut outcome = Ok(());
    while let Some(ended) = tasks.join_next().await {
        let ended = match ended {
            Ok(Ok(())) if stop.is_cancelled() => Ok(()),
            Ok(Ok(())) => Err(DaemonError::TaskEnded),
            Ok(Err(error)) => Err(error),
            Err(panic) => Err(DaemonError::TaskFailed { source: panic }),
        };
        stop.cancel();
        outcome = outcome.and(ended);
    }
    info!("stopped");
    outcome
}

/// Every kind, in every namespace that is watched.
fn scopes(namespaces: &[String]) -> Vec<Scope> {
    let places: Vec<Option<String>> =
        if namespaces.is_empty() { vec![None] } else { namespaces.iter().cloned().map(Some).collect() };
    let scopes = Kind::ALL.into_iter();
    scopes
        .flat_map(|kind| places.iter().map(move |namespace| Scope { kind, namespace: namespace.clone() }))
        .collect()
}

async fn serve(
    tasks: &mut JoinSet<Result<(), DaemonError>>,
    address: Option<SocketAddr>,
    flag: &'static str,
    router: Router,
    stop: &CancellationToken,
) -> Result<(), DaemonError> {
    let Some(address) = address else { return Ok(()) };
    let failed = move |source| DaemonError::Listen { address, flag, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let stopped = stop.clone().cancelled_owned();
    tasks.spawn(async move {
        axum::serve(listener, router).with_graceful_shutdown(stopped).await.map_err(failed)
    });
    Ok(())
}
