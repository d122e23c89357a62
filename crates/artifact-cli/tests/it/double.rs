//! A release manager and an artifact store on one port.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use tokio::task::JoinSet;

/// The running double.
pub(crate) struct Double {
    pub(crate) url: String,
    state: Arc<Mutex<Received>>,
    _tasks: JoinSet<()>,
}

/// What came in, and what is answered next.
#[derive(Default)]
pub(crate) struct Received {
    /// `METHOD path [token]`, in order.
    pub(crate) requests: Vec<String>,
    pub(crate) created: Option<api::CreateArtifactRequest>,
    pub(crate) zip: Vec<u8>,
    pub(crate) md5: String,
    pub(crate) length: String,
    /// Answers to give instead of a success, for the request line that starts with this.
    pub(crate) faults: Vec<(&'static str, StatusCode, &'static str)>,
    /// The next link, in place of one to this store.
    pub(crate) link: Option<String>,
    url: String,
}

impl Double {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(Received { url: url.clone(), ..Received::default() }));
        let router = Router::new().fallback(answer).with_state(Arc::clone(&state));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, state, _tasks: tasks }
    }

    /// Fails the next request that starts like this.
    pub(crate) fn fails(&self, request: &'static str, status: u16, body: &'static str) -> &Self {
        let status = StatusCode::from_u16(status).unwrap();
        self.state.lock().unwrap().faults.push((request, status, body));
        self
    }

    /// Gives this as the next link to upload to.
    pub(crate) fn links_to(&self, link: &str) -> &Self {
        self.state.lock().unwrap().link = Some(link.to_owned());
        self
    }

    pub(crate) fn received<T>(&self, read: impl FnOnce(&Received) -> T) -> T {
        read(&self.state.lock().unwrap())
    }
}

async fn answer(
    State(state): State<Arc<Mutex<Received>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut state = state.lock().unwrap();
    let header =
        |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let token = header("authorization");
    let token = if token.matches('.').count() == 2 { "Bearer [jwt]" } else { &token };
    let request = format!("{method} {} {token}", uri.path()).trim().to_owned();
    state.requests.push(request.clone());
    if let Some(at) = state.faults.iter().position(|(start, _, _)| request.starts_with(start)) {
        let (_, status, body) = state.faults.remove(at);
        // The body of a redirect is where to.
        let to = if status.is_redirection() { body } else { "" };
        return (status, [("location", to)], body).into_response();
    }
    if method == Method::PUT {
        state.zip = body.to_vec();
        state.md5 = header("content-md5");
        state.length = header("content-length");
        return StatusCode::OK.into_response();
    }
    state.created = Some(api::decode(&body).unwrap());
    let link = state.link.take();
    let artifact_upload_url =
        link.unwrap_or_else(|| format!("{}/store/billing/a-1?X-Amz-Signature=top-secret", state.url));
    let answer = api::encode(&api::CreateArtifactResponse { artifact_upload_url }).unwrap();
    (StatusCode::CREATED, answer).into_response()
}
