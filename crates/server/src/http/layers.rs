//! What is around every route: limits, the request's id, its line in the log and its time in the metrics.

use std::sync::Arc;
use std::time::{Duration, Instant};

use api::routes;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use explain::Kind;
use serde_json::json;
use tokio::sync::Semaphore;
use tracing::field::Empty;

use super::Failure;
use super::clean_path::cleaned;
use crate::app::App;
use crate::asked::Asked;
use crate::space::Space;

/// The header with a request's id.
const REQUEST_ID: &str = "x-request-id";

/// Requests served at once. Beyond that a caller is told to come back, which is better than to wait until the
/// connection breaks.
const AT_ONCE: usize = 1024;

/// A query may be this long: names and a few words.
const MAX_QUERY_BYTES: usize = 8 << 10;

/// How long an upload may take: CI may be far away.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(10 * 60);

/// What one server serves of some routes.
#[derive(Clone)]
pub(crate) struct Limits {
    room: Arc<Semaphore>,
    timeout: Duration,
    space: Arc<Space>,
}

impl Limits {
    /// Of routes whose callers hold a token.
    pub(crate) fn work(timeout: Duration, space: Arc<Space>) -> Self {
        Self::new(AT_ONCE, timeout, space)
    }

    /// Of what needs no token: as much as there are connections, since it keeps nothing while it waits.
    pub(crate) fn open(timeout: Duration, space: Arc<Space>) -> Self {
        Self::new(Semaphore::MAX_PERMITS, timeout, space)
    }

    fn new(at_once: usize, timeout: Duration, space: Arc<Space>) -> Self {
        Self { room: Arc::new(Semaphore::new(at_once)), timeout, space }
    }
}

/// Bounds how many requests there are and how long each takes, its body included; what brings anything needs room on
/// the disk.
pub(crate) async fn limit(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    if let Some(elsewhere) = cleaned(request.uri()) {
        return (StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, elsewhere)]).into_response();
    }
    if request.uri().query().is_some_and(|query| query.len() > MAX_QUERY_BYTES) {
        let hint = format!("a query may have {MAX_QUERY_BYTES} bytes");
        return Failure::new(Kind::Usage, "the query is too long", hint).with_status(414).into_response();
    }
    let brings =
        request.headers().get(header::CONTENT_LENGTH).and_then(|text| text.to_str().ok()?.parse().ok());
    if !request.method().is_safe()
        && let Err(full) = limits.space.check(brings.unwrap_or_default())
    {
        return Failure::from(full).into_response();
    }
    let Ok(_room) = limits.room.try_acquire() else {
        return Failure::new(Kind::Unavailable, "the server is busy", "try again in a moment")
            .into_response();
    };
    let upload = request.uri().path().starts_with(routes::UPLOAD_ARTIFACT);
    let timeout = if upload { UPLOAD_TIMEOUT.max(limits.timeout) } else { limits.timeout };
    match tokio::time::timeout(timeout, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let hint = "ask for the status before trying again: what was accepted goes on";
            Failure::new(Kind::Unavailable, "the request took too long", hint).into_response()
        }
    }
}

/// Gives the request an id, which goes back in the answer, and tells log, traces and metrics of it.
pub(crate) async fn observe(
    State(app): State<App>,
    path: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let asked = Asked::by(request.headers());
    let id = HeaderValue::from_str(asked.request_id());
    let (method, url) = (request.method(), shown_url(request.uri()));
    let span = tracing::info_span!(
        "request",
        otel.name = format!("http {method} {}", request.uri().path()),
        otel.kind = "server",
        request.id = asked.request_id(),
        request_id = asked.request_id(),
        http.method = method.as_str(),
        http.url = url,
        http.status_code = Empty,
        error = Empty,
        subject = Empty,
    );
    let mut response = asked.work(span, observed(app, path, request, next)).await;
    if let Ok(id) = id {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

async fn observed(app: App, path: Option<MatchedPath>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let headers = shown(request.headers());
    let response = next.run(request).await;
    let (status, took) = (response.status(), began.elapsed());
    let span = tracing::Span::current();
    span.record("http.status_code", status.as_u16());
    span.record("error", status.is_server_error());
    // As the original, what no handler saw is neither logged nor counted.
    if status != StatusCode::METHOD_NOT_ALLOWED {
        app.metrics.request(
            counted_path(path.as_ref(), &method),
            counted_method(&method),
            status.as_u16(),
            took,
        );
        if !QUIET.contains(&uri.path()) {
            let req = json!({"url": shown_url(&uri), "method": method.as_str(), "path": uri.path(), "headers": headers});
            let res = json!({"statusCode": status.as_u16()});
            let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
            tracing::info!(
                req_json = %req, res_json = %res, responseTime = took_ms,
                "[{}] {method} {}", status.as_u16(), uri.path()
            );
        }
    }
    response
}

/// What a request is counted under. The original lists and deletes policies at whatever begins with their path.
fn counted_path<'a>(path: Option<&'a MatchedPath>, method: &Method) -> &'a str {
    match path.map_or("", MatchedPath::as_str) {
        path if path.starts_with(routes::POLICIES) && method != Method::PATCH => routes::POLICIES,
        path => path,
    }
}

/// Methods that are counted by name. A caller can make up others, and each would be a series of its own for ever.
const METHODS: [Method; 7] =
    [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::HEAD, Method::OPTIONS];

fn counted_method(method: &Method) -> &str {
    if METHODS.contains(method) { method.as_str() } else { "other" }
}

/// Asked every few seconds by machines.
const QUIET: [&str; 4] = [routes::PING, routes::HEALTHZ, routes::READYZ, routes::METRICS];

/// The URL without what signs it: an upload address is a permission.
fn shown_url(uri: &http::Uri) -> String {
    if uri.path().starts_with(routes::UPLOAD_ARTIFACT) { uri.path().to_owned() } else { uri.to_string() }
}

/// Headers whose values tell something and hold no secret. Of all others, those that proxies add included, only the
/// names are logged.
const TELLING: [&str; 14] = [
    "accept",
    "accept-encoding",
    "content-length",
    "content-type",
    "host",
    "traceparent",
    "user-agent",
    "x-caller-email",
    "x-cli-version",
    "x-forwarded-for",
    "x-forwarded-proto",
    "x-github-delivery",
    "x-github-event",
    "x-request-id",
];

/// Headers for the log.
fn shown(headers: &HeaderMap) -> serde_json::Map<String, serde_json::Value> {
    let shown = headers.iter().map(|(name, value)| {
        let is_telling = TELLING.contains(&name.as_str());
        let text = if is_telling { String::from_utf8_lossy(value.as_bytes()) } else { "***".into() };
        (name.to_string(), text.into())
    });
    shown.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_secret_is_logged() {
        let mut headers = HeaderMap::new();
        headers.insert("authorization", "Bearer secret-token".parse().unwrap());
        headers.insert("x-hub-signature", "sha1=abc".parse().unwrap());
        headers.insert("user-agent", "curl".parse().unwrap());
        let expected = r#"{"authorization":"***","user-agent":"curl","x-hub-signature":"***"}"#;
        assert_eq!(serde_json::to_string(&shown(&headers)).unwrap(), expected);
    }
}
