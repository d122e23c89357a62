//! A receiver of signed webhooks, which checks them as the Standard Webhooks specification says.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use serde_json::Value;

use crate::http::HttpServer;
use crate::{PartError, Recorder};

/// What the receiver and its sender share.
const SECRET: &str = "whsec_dGVzdGtpdCBzZWNyZXQgb2YgMzIgYnl0ZXMuLi4=";

/// How far the clock of a sender may be off, in seconds.
const TOLERANCE: u64 = 300;

/// The running receiver.
#[derive(Debug)]
pub struct Receiver {
    server: HttpServer,
    desk: Arc<Desk>,
}

/// One request, whatever the receiver answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Received {
    /// The event's id, the same in each try.
    pub id: String,
    /// Whether signature and time are right.
    pub verified: bool,
    /// The event.
    pub body: Value,
    /// What was answered.
    pub status: u16,
    /// The path it was sent to.
    pub path: String,
    /// The request that led to it, `x-request-id`; empty when none is named.
    pub request_id: String,
}

#[derive(Debug, Default)]
struct Desk {
    received: Recorder<Received>,
    answers: Mutex<Vec<u16>>,
}

impl Receiver {
    /// Starts it; it takes every event that is signed.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start() -> Result<Self, PartError> {
        let desk = Arc::new(Desk::default());
        let router = Router::new().fallback(any(take)).with_state(Arc::clone(&desk));
        Ok(Self { server: HttpServer::start(router)?, desk })
    }

    /// Its base URL.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> std::net::SocketAddr {
        self.server.address()
    }

    /// The secret to sign with.
    #[must_use]
    pub fn secret(&self) -> &'static str {
        SECRET
    }

    /// Answers the next requests with these, one each; a redirect goes to `/elsewhere`.
    pub fn answer_next(&self, statuses: &[u16]) {
        self.desk.answers.lock().unwrap_or_else(PoisonError::into_inner).extend(statuses);
    }

    /// Everything so far, oldest first.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.desk.received.all()
    }

    /// The first request that `wanted` accepts, there already or still to come.
    ///
    /// # Errors
    /// When none came in time; the error shows what came instead.
    pub async fn wait_for(
        &self,
        what: &str,
        deadline: Duration,
        wanted: impl Fn(&Received) -> bool,
    ) -> Result<Received, PartError> {
        self.desk.received.wait_for(what, deadline, wanted).await
    }
}

async fn take(
    State(desk): State<Arc<Desk>>,
    uri: axum::http::Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (id, time) = (text("webhook-id"), text("webhook-timestamp"));
    let verified = is_signed(id, time, text("webhook-signature"), &body);
    let next = {
        let mut answers = desk.answers.lock().unwrap_or_else(PoisonError::into_inner);
        (!answers.is_empty()).then(|| answers.remove(0))
    };
    let status = next.unwrap_or(if verified { 204 } else { 401 });
    desk.received.record(Received {
        id: id.to_owned(),
        verified,
        body: serde_json::from_slice(&body).unwrap_or_default(),
        status,
        path: uri.path().to_owned(),
        request_id: text("x-request-id").to_owned(),
    });
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match status {
        redirect if redirect.is_redirection() => {
            (redirect, [(header::LOCATION, "/elsewhere")]).into_response()
        }
        StatusCode::TOO_MANY_REQUESTS => (status, [(header::RETRY_AFTER, "1")]).into_response(),
        status => status.into_response(),
    }
}

fn is_signed(id: &str, time: &str, signatures: &str, body: &[u8]) -> bool {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    if id.is_empty() || !time.parse::<u64>().is_ok_and(|time| time.abs_diff(now) <= TOLERANCE) {
        return false;
    }
    let secret = SECRET.strip_prefix("whsec_").and_then(|secret| STANDARD.decode(secret).ok());
    let key = hmac::Key::new(hmac::HMAC_SHA256, &secret.unwrap_or_default());
    let signed = [id.as_bytes(), b".", time.as_bytes(), b".", body].concat();
    signatures
        .split(' ')
        .filter_map(|signature| STANDARD.decode(signature.strip_prefix("v1,")?).ok())
        .any(|signature| hmac::verify(&key, &signed, &signature).is_ok())
}
