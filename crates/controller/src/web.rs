//! What operators and Kubernetes ask: `/healthz`, `/readyz`, `/metrics`, `/units`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use reconcile::{Ended, Handle};

use crate::git_state::GitStateReceiver;
use crate::metrics;
use crate::units::Units;

/// What the answers are made of.
#[derive(Clone, Debug)]
pub struct Site {
    /// The engine.
    pub engine: Handle,
    /// The Git side.
    pub git: GitStateReceiver,
}

/// The routes.
pub fn router(site: Site) -> Router {
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(render))
        .route("/units", get(units))
        .with_state(Arc::new(site))
}

/// Ready is who follows Git and reaches the cluster. What is not yet, or not any more, is said.
async fn ready(State(site): State<Arc<Site>>) -> Response {
    let snapshot = match site.engine.snapshot().await {
        Ok(snapshot) => snapshot,
        Err(ended) => return unavailable(&ended.to_string()),
    };
    let git = site.git.borrow().clone();
    let mut problems = Vec::new();
    problems.extend(snapshot.disconnected.map(|why| format!("cluster: {why}")));
    problems.extend(git.unreachable.map(|why| format!("git: {why}")));
    problems.extend(git.alarm.map(|why| format!("git: {why}")));
    if git.asked_at.is_none() && problems.is_empty() {
        problems.push("git: not asked yet".to_owned());
    }
    if problems.is_empty() { "ready\n".into_response() } else { unavailable(&problems.join("\n")) }
}

async fn render(State(site): State<Arc<Site>>) -> Result<Response, Response> {
    let snapshot = site.engine.snapshot().await.map_err(ended)?;
    let git = site.git.borrow().clone();
    let content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, content_type)], metrics::render(snapshot, git)).into_response())
}

async fn units(State(site): State<Arc<Site>>) -> Result<Json<Units>, Response> {
    let snapshot = site.engine.snapshot().await.map_err(ended)?;
    Ok(Json(Units::from(snapshot)))
}

fn ended(ended: Ended) -> Response {
    unavailable(&ended.to_string())
}

fn unavailable(text: &str) -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, format!("{text}\n")).into_response()
}
