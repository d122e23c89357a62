//! A release manager that records what the daemon tells it, on the real wire.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::routing::post;
use daemon::event::Event;
use testkit::Recorder;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// How long anything may take before a test gives up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// The server; it ends with this value.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) url: String,
    told: Arc<Recorder<Event>>,
    _tasks: JoinSet<()>,
}

#[derive(Clone, Debug)]
struct Site {
    told: Arc<Recorder<Event>>,
    tokens: Vec<String>,
}

impl Server {
    /// A server that knows these tokens, and refuses events without an artifact.
    pub(crate) async fn start(tokens: &[&str]) -> Self {
        let told = Arc::<Recorder<Event>>::default();
        let tokens = tokens.iter().map(|token| format!("Bearer {token}")).collect();
        let site = Site { told: Arc::clone(&told), tokens };
        let router = Router::new().fallback(post(take)).with_state(site);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, told, _tasks: tasks }
    }

    /// Everything told so far.
    pub(crate) fn told(&self) -> Vec<Event> {
        self.told.all()
    }

    /// The first event that is wanted, told already or still to come.
    pub(crate) async fn wait_for(&self, what: &str, wanted: impl Fn(&Event) -> bool) -> Event {
        self.told.wait_for(what, PATIENCE, wanted).await.unwrap()
    }
}

async fn take(
    State(site): State<Site>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, &'static str) {
    let token = headers.get("authorization").and_then(|token| token.to_str().ok()).unwrap_or_default();
    if !site.tokens.is_empty() && !site.tokens.iter().any(|known| known == token) {
        return (StatusCode::UNAUTHORIZED, r#"{"status":401,"message":"token is not known"}"#);
    }
    let event = match uri.path() {
        api::routes::DAEMON_DEPLOY => Event::Deploy(api::decode(&body).unwrap()),
        api::routes::DAEMON_POD_ERROR => Event::PodError(api::decode(&body).unwrap()),
        api::routes::DAEMON_JOB_ERROR => Event::JobError(api::decode(&body).unwrap()),
        other => panic!("{other}"),
    };
    if matches!(&event, Event::Deploy(event) if event.artifact_id.is_empty()) {
        return (StatusCode::BAD_REQUEST, r#"{"status":400,"message":"no artifact id"}"#);
    }
    site.told.record(event);
    (StatusCode::OK, "{}")
}
