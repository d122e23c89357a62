//! Events reach the server, whatever happens on the way.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use api::DeployEvent;
use daemon::deliver::Delivery;
use daemon::event::Event;
use daemon::metrics::Metrics;
use daemon::outbox::{Entry, Limits, Outbox, OutboxError};
use daemon::post::{Poster, http_client};
use daemon::token::{Secret, TokenSource, Tokens};
use jiff::Timestamp;
use testkit::{HttpFaultProxy, wait};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::server::{PATIENCE, Server};

/// A running delivery.
pub(crate) struct Courier {
    pub(crate) outbox: Arc<Outbox>,
    metrics: Arc<Metrics>,
    stop: CancellationToken,
    task: JoinSet<Result<(), OutboxError>>,
}

impl Courier {
    pub(crate) fn start(dir: &Path, server: &str, token: TokenSource) -> Self {
        let outbox = Arc::new(Outbox::open(dir, Limits::default()).unwrap());
        let (metrics, stop) = (Arc::new(Metrics::default()), CancellationToken::new());
        let http = http_client(Duration::from_secs(5)).unwrap();
        let poster = Poster::new(http.clone(), server.parse().unwrap());
        let delivery =
            Delivery::new(Arc::clone(&outbox), poster, Tokens::new(token, http), Arc::clone(&metrics));
        let mut task = JoinSet::new();
        task.spawn(delivery.run(stop.clone()));
        Self { outbox, metrics, stop, task }
    }

    pub(crate) fn put(&self, lane: &str, artifact: &str) {
        let event = Event::Deploy(DeployEvent {
            name: lane.into(),
            artifact_id: artifact.into(),
            ..DeployEvent::default()
        });
        let entry = Entry { lane: lane.into(), supersedes: None, queued_at: Timestamp::now(), event };
        self.outbox.commit(&[entry], &[]).unwrap();
    }

    /// Until nothing waits any more.
    pub(crate) async fn drained(&self) {
        let mut depth = self.outbox.depth();
        let empty = depth.wait_for(|depth| depth.pending == 0);
        tokio::time::timeout(PATIENCE, empty).await.expect("the outbox empties in time").unwrap();
    }

    async fn stop(mut self) {
        self.stop.cancel();
        self.task.join_next().await.expect("one task").unwrap().unwrap();
    }

    pub(crate) fn is_connected(&self) -> Option<bool> {
        let text = self.metrics.render(*self.outbox.depth().borrow());
        let line = text.lines().find_map(|line| line.strip_prefix("release_daemon_connected "))?;
        Some(line == "1")
    }
}

fn fixed(token: &str) -> TokenSource {
    TokenSource::Static(Secret::Given(token.into()))
}

/// Lane and artifact of what was told.
pub(crate) fn told(server: &Server) -> Vec<(String, String)> {
    let deploy = |event: Event| match event {
        Event::Deploy(event) => (event.name, event.artifact_id),
        other => panic!("{other}"),
    };
    server.told().into_iter().map(deploy).collect()
}

fn of_lane(told: &[(String, String)], lane: &str) -> Vec<String> {
    told.iter().filter(|(name, _)| name == lane).map(|(_, artifact)| artifact.clone()).collect()
}

#[tokio::test]
async fn events_arrive_once_and_in_the_order_of_their_lane() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(&["secret"]).await;
    let courier = Courier::start(dir.path(), &server.url, fixed("secret"));
    let artifacts: Vec<String> = (0..20).map(|n| n.to_string()).collect();
    for artifact in &artifacts {
        courier.put("a", artifact);
        courier.put("b", artifact);
    }
    courier.drained().await;
    let told = told(&server);
    assert_eq!(told.len(), 40);
    assert_eq!((of_lane(&told, "a"), of_lane(&told, "b")), (artifacts.clone(), artifacts));
    courier.stop().await;
}

#[tokio::test]
async fn a_server_that_is_down_gets_everything_when_it_is_back() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(&[]).await;
    let proxy = HttpFaultProxy::start(&server.url).unwrap();
    proxy.network().refuse().await;
    let courier = Courier::start(dir.path(), &proxy.url(), fixed("t"));
    courier.put("a", "1");
    courier.put("a", "2");
    wait::until("a failed post", PATIENCE, async || match courier.is_connected() {
        Some(false) => Ok(()),
        other => Err(format!("{other:?}")),
    })
    .await;
    // The daemon is restarted meanwhile.
    courier.stop().await;
    let courier = Courier::start(dir.path(), &proxy.url(), fixed("t"));
    courier.put("a", "3");
    proxy.network().heal().await;
    courier.drained().await;
    assert_eq!(of_lane(&told(&server), "a"), ["1", "2", "3"]);
    assert_eq!(courier.is_connected(), Some(true));
}

#[tokio::test]
async fn a_server_that_fails_is_asked_again() {
    for status in [401, 408, 429, 500, 502, 503] {
        let dir = tempfile::tempdir().unwrap();
        let server = Server::start(&[]).await;
        let proxy = HttpFaultProxy::start(&server.url).unwrap();
        proxy.fail_next(2, status);
        let courier = Courier::start(dir.path(), &proxy.url(), fixed("t"));
        courier.put("a", "1");
        courier.put("a", "2");
        courier.drained().await;
        assert_eq!(of_lane(&told(&server), "a"), ["1", "2"], "{status}");
        assert_eq!(proxy.count("POST", api::routes::DAEMON_DEPLOY), 4, "{status}");
        assert_eq!(courier.outbox.dead_letters().unwrap(), [], "{status}");
    }
}

#[tokio::test]
async fn a_refused_event_becomes_a_dead_letter_and_lets_the_next_one_pass() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(&[]).await;
    let courier = Courier::start(dir.path(), &server.url, fixed("t"));
    courier.put("a", "");
    courier.put("a", "2");
    courier.drained().await;
    assert_eq!(of_lane(&told(&server), "a"), ["2"]);
    let letters = courier.outbox.dead_letters().unwrap();
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].reason, "400 Bad Request: no artifact id");
}
