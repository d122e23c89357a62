//! What operators and Kubernetes ask: `/healthz`, `/readyz`, `/metrics`, `/dead-letters`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};

use crate::health::Watches;
use crate::metrics::Metrics;
use crate::outbox::Outbox;

/// What the answers are made of.
#[derive(Debug)]
pub struct Probes {
    /// Counters.
    pub metrics: Arc<Metrics>,
    /// The watches.
    pub watches: Arc<Watches>,
    /// The outbox.
    pub outbox: Arc<Outbox>,
}

/// The routes.
pub fn router(probes: Arc<Probes>) -> Router {
    Router::new()
        .route(api::routes::HEALTHZ, get(async || "ok\n"))
        .route(api::routes::READYZ, get(ready))
        .route(api::routes::METRICS, get(metrics))
        .route("/dead-letters", get(dead_letters))
        .with_state(probes)
}

/// Ready is who sees the whole cluster. That the server is away is no reason to restart: events are kept.
async fn ready(State(probes): State<Arc<Probes>>) -> Response {
    let problems = probes.watches.problems();
    if problems.is_empty() {
        return "ready\n".into_response();
    }
    (StatusCode::SERVICE_UNAVAILABLE, format!("{}\n", problems.join("\n"))).into_response()
}

async fn metrics(State(probes): State<Arc<Probes>>) -> Response {
    let depth = *probes.outbox.depth().borrow();
    let content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, content_type)], probes.metrics.render(depth)).into_response()
}

/// What and why, without the log lines, which may hold more than a port without a password should show.
async fn dead_letters(State(probes): State<Arc<Probes>>) -> Response {
    match probes.outbox.dead_letters() {
        Ok(letters) => {
            let shown: Vec<_> = letters
                .iter()
                .map(|letter| {
                    let (at, queued_at) = (letter.at.to_string(), letter.entry.queued_at.to_string());
                    let event = letter.entry.event.to_string();
                    serde_json::json!({"at": at, "queuedAt": queued_at, "event": event, "reason": letter.reason})
                })
                .collect();
            Json(shown).into_response()
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, explain::chain(&error).join(": ")).into_response(),
    }
}
