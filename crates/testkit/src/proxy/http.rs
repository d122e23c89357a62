//! A fault proxy that understands HTTP: it counts requests and answers some of them itself.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::FaultProxy;
use crate::http::HttpServer;
use crate::{PartError, Recorder};

/// Headers that belong to one connection and are not passed on.
const HOP_BY_HOP: [header::HeaderName; 4] =
    [header::CONNECTION, header::TRANSFER_ENCODING, header::UPGRADE, header::TE];

/// A proxy in front of one HTTP server. Bodies stream in both directions, so a watch passes as it happens.
#[derive(Debug)]
pub struct HttpFaultProxy {
    network: FaultProxy,
    site: Arc<Site>,
    _server: HttpServer,
}

/// One request that came by, whoever answered it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The method, in capitals.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query, without the question mark.
    pub query: String,
}

impl Seen {
    fn is_on(&self, method: &str, path: &str) -> bool {
        (method.is_empty() || self.method == method) && self.path.starts_with(path)
    }
}

#[derive(Debug)]
struct Site {
    upstream: String,
    client: reqwest::Client,
    seen: Recorder<Seen>,
    faults: Mutex<VecDeque<Fault>>,
}

/// An answer of ours, for the next request it fits.
#[derive(Clone, Debug)]
struct Fault {
    status: StatusCode,
    method: String,
    path: String,
}

impl HttpFaultProxy {
    /// Forwards to the base URL of an HTTP server.
    ///
    /// # Errors
    /// When no port can be had.
    pub fn start(upstream: &str) -> Result<Self, PartError> {
        // An error says that the process has a provider already, which serves as well.
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = reqwest::Client::builder().tls_certs_only([]);
        Self::start_with(upstream, client)
    }

    /// Like [`Self::start`], with a client that knows the certificates the server asks for. Credentials in headers
    /// pass from the proxy's client as they are.
    ///
    /// # Errors
    /// When no port can be had, or the client cannot be built.
    pub fn start_with(upstream: &str, client: reqwest::ClientBuilder) -> Result<Self, PartError> {
        let client = client
            .no_proxy()
            .no_gzip()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| PartError::Answer { part: "the HTTP client", answer: error.to_string() })?;
        let site = Arc::new(Site {
            upstream: upstream.trim_end_matches('/').into(),
            client,
            seen: Recorder::default(),
            faults: Mutex::default(),
        });
        let server = HttpServer::start(Router::new().fallback(pass).with_state(Arc::clone(&site)))?;
        Ok(Self { network: FaultProxy::start(server.address())?, site, _server: server })
    }

    /// The base URL for clients, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.network.addr())
    }

    /// The switches below HTTP: refuse, cut, delay, silence.
    #[must_use]
    pub fn network(&self) -> &FaultProxy {
        &self.network
    }

    /// Answers the next `count` requests with this status; 429 and 503 carry `Retry-After: 1`.
    pub fn fail_next(&self, count: usize, status: u16) {
        self.fail_next_on("", "", count, status);
    }

    /// Answers the next `count` requests with this method and a path that starts so with this status. An empty
    /// method means any.
    pub fn fail_next_on(&self, method: &str, path: &str, count: usize, status: u16) {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let fault = Fault { status, method: method.into(), path: path.into() };
        self.site.faults().extend(std::iter::repeat_n(fault, count));
    }

    /// How many requests came by with this method and a path that starts so. An empty method means any.
    #[must_use]
    pub fn count(&self, method: &str, path: &str) -> usize {
        self.seen().iter().filter(|seen| seen.is_on(method, path)).count()
    }

    /// All requests, oldest first.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        self.site.seen.all()
    }

    /// The first request that `wanted` accepts, there already or still to come.
    ///
    /// # Errors
    /// When none came in time; the error shows what came instead.
    pub async fn wait_for(
        &self,
        what: &str,
        deadline: Duration,
        wanted: impl Fn(&Seen) -> bool,
    ) -> Result<Seen, PartError> {
        self.site.seen.wait_for(what, deadline, wanted).await
    }
}

impl Site {
    fn faults(&self) -> std::sync::MutexGuard<'_, VecDeque<Fault>> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The status this request gets instead of an answer.
    fn fault(&self, seen: &Seen) -> Option<StatusCode> {
        let mut faults = self.faults();
        let at = faults.iter().position(|fault| seen.is_on(&fault.method, &fault.path))?;
        faults.remove(at).map(|fault| fault.status)
    }
}

async fn pass(State(site): State<Arc<Site>>, request: Request) -> Response {
    let uri = request.uri();
    let seen = Seen {
        method: request.method().to_string(),
        path: uri.path().into(),
        query: uri.query().unwrap_or_default().into(),
    };
    let fault = site.fault(&seen);
    site.seen.record(seen);
    if let Some(status) = fault {
        let retry_after = [(header::RETRY_AFTER, "1")];
        return match status {
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                (status, retry_after, "fault proxy").into_response()
            }
            other => (other, "fault proxy").into_response(),
        };
    }
    match forward(&site, request).await {
        Ok(response) => response,
        Err(error) => (StatusCode::BAD_GATEWAY, format!("fault proxy: {error}")).into_response(),
    }
}

async fn forward(site: &Site, request: Request) -> Result<Response, reqwest::Error> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    // The client's `Host` is passed on: signatures of S3 cover it.
    let mut request = site
        .client
        .request(parts.method, format!("{}{path}", site.upstream))
        .headers(end_to_end(parts.headers));
    if !body.is_end_stream() {
        request = request.body(reqwest::Body::wrap_stream(body.into_data_stream()));
    }
    let answer = request.send().await?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let body = Body::from_stream(answer.bytes_stream());
    Ok((status, end_to_end(headers), body).into_response())
}

fn end_to_end(mut headers: HeaderMap) -> HeaderMap {
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
    headers
}
