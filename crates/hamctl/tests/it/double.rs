//! A release manager that answers as it is told and remembers what it was asked.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tokio::task::JoinSet;

/// The running double.
pub(crate) struct Double {
    pub(crate) url: String,
    script: Arc<Mutex<Script>>,
    _tasks: JoinSet<()>,
}

#[derive(Default)]
struct Script {
    answers: HashMap<String, VecDeque<(StatusCode, Vec<u8>)>>,
    asked: Vec<String>,
    tokens: Vec<String>,
}

impl Double {
    pub(crate) async fn start() -> Self {
        let script = Arc::new(Mutex::new(Script::default()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(Arc::clone(&script));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, script, _tasks: tasks }
    }

    /// Answers `METHOD /path` (without query) with this; several answers are given in turn, the last one for good.
    pub(crate) fn answers<T: Serialize>(&self, request: &str, body: &T) -> &Self {
        self.answers_with(StatusCode::OK, request, &api::encode(body).unwrap())
    }

    /// Answers with an error.
    pub(crate) fn refuses(&self, status: u16, request: &str, message: &str, hint: &str) -> &Self {
        let body =
            api::ErrorBody { status, message: message.into(), hint: hint.into(), ..Default::default() };
        self.answers_with(StatusCode::from_u16(status).unwrap(), request, &api::encode(&body).unwrap())
    }

    pub(crate) fn answers_with(&self, status: StatusCode, request: &str, body: &[u8]) -> &Self {
        let mut script = self.script.lock().unwrap();
        script.answers.entry(request.into()).or_default().push_back((status, body.to_vec()));
        drop(script);
        self
    }

    /// What was asked: `METHOD /path?query` and the body, if any, one string each.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.script.lock().unwrap().asked.clone()
    }

    /// The `Authorization` headers, in order.
    pub(crate) fn tokens(&self) -> Vec<String> {
        self.script.lock().unwrap().tokens.clone()
    }
}

async fn answer(
    State(script): State<Arc<Mutex<Script>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut script = script.lock().unwrap();
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    script.tokens.push(header("authorization").to_owned());
    script.asked.push(format!("{method} {uri} {}", String::from_utf8_lossy(&body)).trim().to_owned());
    let key = format!("{method} {}", uri.path());
    let Some(answers) = script.answers.get_mut(&key) else {
        let body = api::ErrorBody { status: 404, message: "not found".into(), ..Default::default() };
        return (StatusCode::NOT_FOUND, api::encode(&body).unwrap()).into_response();
    };
    let next = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
    next.unwrap().into_response()
}
