//! Everything that runs, and how it ends.

use std::net::{Ipv6Addr, SocketAddr};
use std::time::Duration;

use explain::{Explain, Kind, Report};
use queue::QueueError;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::app::App;
use crate::arrival;
use crate::broker;
use crate::build::{Built, Hears, build};
use crate::config::Config;
use crate::drain::drain;
use crate::http::router;
use crate::notify;
use crate::release;
use crate::reports;
use crate::serve::serve;

/// Between two looks at the config repository when nobody tells of pushes.
const REFRESH: Duration = Duration::from_secs(60);

/// The same while the repository has not been read yet, and nobody can be answered, or its host is away.
const SOON: Duration = Duration::from_secs(5);

/// Arrivals under way at once.
const ARRIVALS: usize = 4;

/// Reports of daemons under way at once, each of another artifact or place.
const REPORTS: usize = 8;

/// How long requests and work under way may take to end. What has not ended by then comes again at the next start.
const GRACE: Duration = Duration::from_secs(20);

/// How an essential task ended.
type Ended = Result<(), Report>;

/// Runs the server until it is told to stop.
pub(crate) async fn run(config: Config) -> Result<(), Report> {
    let port = config.http_port;
    let built = build(config).await?;
    let listener = listen(port).await?;
    let address = listener.local_addr().map_or(port, |address| address.port());
    let stop = CancellationToken::new();
    let (queue, news) = (built.app.queue.clone(), built.app.news.clone());
    let mut tasks = JoinSet::new();
    let mut signals = Signals::new();
    start(built, listener, &stop, &mut tasks);
    info!(port = address, "listening on port {address}");
    let ended = tokio::select! {
        Some(ended) = tasks.join_next() => Some(ended),
        signal = signals.next() => {
            info!(signal, "stopping: accepted work that is not done stays in the queue");
            None
        }
    };
    stop.cancel();
    news.close();
    let drained = async { while tasks.join_next().await.is_some() {} };
    tokio::select! {
        drained = tokio::time::timeout(GRACE, drained) => if drained.is_err() {
            warn!("work under way did not end in time; it comes again at the next start");
        },
        signal = signals.next() => {
            warn!(signal, "told twice: work under way is not waited for; it comes again at the next start");
        }
    }
    // Last, so that what ended could be settled.
    drop(queue.stop().await);
    match ended {
        None => Ok(()),
        Some(Ok(Err(report))) => Err(report),
        Some(other) => {
            error!(?other, "an essential task ended early");
            Err(Report {
                kind: Kind::Internal,
                message: "an essential part of the server ended early".to_owned(),
                hint: "look into the log above; accepted work goes on after a restart".to_owned(),
            })
        }
    }
}

async fn listen(port: u16) -> Result<TcpListener, Report> {
    let address = SocketAddr::from((Ipv6Addr::UNSPECIFIED, port));
    let bound = match TcpListener::bind(address).await {
        // A machine without IPv6.
        Err(_) => TcpListener::bind(("0.0.0.0", port)).await,
        bound => bound,
    };
    bound.map_err(|error| Report {
        kind: Kind::Usage,
        message: format!("port {port} cannot be listened on: {error}"),
        hint: "stop the other program on it, or give another one: --http-port".to_owned(),
    })
}

/// Starts every task.
fn start(built: Built, listener: TcpListener, stop: &CancellationToken, tasks: &mut JoinSet<Ended>) {
    let Built { app, worker, queue_ended, hears, broker, notify: config, clients } = built;
    let queue = app.queue.clone();
    tasks.spawn_blocking(move || {
        worker.run();
        Ok(())
    });
    let stopping = stop.clone();
    tasks.spawn(async move {
        tokio::select! {
            // An error means that the thread panicked, which is as much an end.
            _ = queue_ended => Err(Report::new(&QueueError::Stopped)),
            // The queue itself ends last.
            () = stopping.cancelled() => Ok(()),
        }
    });
    let (router, silence, stopping) = (router(&app), app.timeout, stop.clone());
    tasks.spawn(async move {
        serve(listener, router, silence, stopping).await;
        Ok(())
    });
    tasks.spawn(worked(release::work(app.clone(), stop.clone())));
    let room = || (queue.clone(), app.space.clone());
    let arriving = app.clone();
    tasks.spawn(worked(drain(room(), arrival::NEW_ARTIFACT, ARRIVALS, stop.clone(), move |taken| {
        arrival::work(arriving.clone(), taken)
    })));
    let looking = app.clone();
    tasks.spawn(worked(drain(room(), arrival::EXPECT_ARTIFACT, ARRIVALS, stop.clone(), move |taken| {
        arrival::look(looking.clone(), taken)
    })));
    let reported = app.clone();
    tasks.spawn(worked(drain(room(), reports::REPORT, REPORTS, stop.clone(), move |taken| {
        reports::work(reported.clone(), taken)
    })));
    match hears {
        Hears::Nothing => {}
        Hears::Uploads(settings) => {
            tasks.spawn(worked(arrival::listen(app.clone(), settings, stop.clone())));
        }
        Hears::Pushes(pushes) => {
            tasks.spawn(worked(arrival::watch(app.clone(), pushes, stop.clone())));
        }
    }
    tasks.spawn(worked(drain(room(), arrival::MOVED_ARTIFACT, 1, stop.clone(), arrival::refuse)));
    if let Some(config) = broker {
        tasks.spawn(worked(broker::work(app.clone(), config, stop.clone())));
    }
    let notices = &app.metrics.notices;
    for delivering in notify::deliver(config, &room(), notices, stop, clients) {
        tasks.spawn(worked(delivering));
    }
    tasks.spawn(refresh(app, stop.clone()));
}

async fn worked(work: impl Future<Output = Result<(), QueueError>>) -> Ended {
    work.await.map_err(|error| Report::new(&error))
}

/// Takes in what others push, when told of it and now and then. The first look fetches the provider's keys too, so
/// that the first caller need not wait for them.
async fn refresh(app: App, stop: CancellationToken) -> Ended {
    if let Some((keys, _)) = &app.identity.provider {
        keys.refresh().await;
    }
    loop {
        let well = app.reader.tip().is_ok() && app.git_host.problem().is_none();
        let pause = if well { REFRESH } else { SOON };
        tokio::select! {
            () = app.refresh.notified() => {}
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => return Ok(()),
        }
        tokio::select! {
            // Cancel safe, both: nothing is taken from anywhere.
            () = app.space.there() => {}
            () = stop.cancelled() => return Ok(()),
        }
        let refreshed = app.writer.refresh().await;
        app.metrics.refreshed(refreshed.is_ok());
        match refreshed {
            // The host answers, so what waited for it need not wait longer.
            Ok(_) => {
                app.git_host.looked(None);
                app.queue.wake(release::RELEASE);
            }
            Err(error) => {
                let reason = explain::chain(&error).join(": ");
                app.git_host.looked(Some(reason.clone()));
                warn!(reason, hint = %error.next_step(), "the config repository cannot be refreshed");
            }
        }
    }
}

/// The signals that end the server, heard from its start on.
struct Signals(Option<(Signal, Signal)>);

impl Signals {
    fn new() -> Self {
        let heard = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
        let (Ok(terminate), Ok(interrupt)) = heard else {
            // Without handlers the system ends us at once, which is safe too.
            return Self(None);
        };
        Self(Some((terminate, interrupt)))
    }

    async fn next(&mut self) -> &'static str {
        let Some((terminate, interrupt)) = &mut self.0 else { return std::future::pending().await };
        // Cancel safe: a signal that is not received here is received by the next call.
        tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        }
    }
}
