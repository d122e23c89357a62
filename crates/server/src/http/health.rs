//! Whether the process lives, whether it can do its work, and what it counts.

use std::time::{Duration, Instant};

use api::{Check, ReadinessResponse};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use futures::future::{BoxFuture, join_all};
use tokio::sync::Mutex;

use super::Failure;
use super::answer::Json;
use crate::app::{App, Parts};
use crate::metrics::{self, IndexNow};

/// A part that does not answer within this time does not work.
const PATIENCE: Duration = Duration::from_secs(2);

/// So long an answer is given again: who asks needs no token, and a store would be asked for each.
const KEPT: Duration = Duration::from_millis(250);

/// The last answer.
#[derive(Debug, Default)]
pub(crate) struct Readiness(Mutex<Option<(Instant, ReadinessResponse)>>);

pub(crate) async fn ping() -> &'static str {
    "pong"
}

pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// Ready when the queue accepts and the repository can be read. Another part that is down is told and makes the
/// server not unready: what needs it waits, or is answered clearly, and all else is served.
pub(crate) async fn readyz(State(app): State<App>) -> Json<ReadinessResponse> {
    let mut kept = app.readiness.0.lock().await;
    let (_, answer) = match kept.take().filter(|(at, _)| at.elapsed() < KEPT) {
        Some(recent) => kept.insert(recent),
        None => {
            let checks = join_all(checks(&app).into_iter().map(checked)).await;
            let ready = checks.iter().all(|check| check.ok || !check.needed);
            let version = env!("CARGO_PKG_VERSION").to_owned();
            kept.insert((Instant::now(), ReadinessResponse { ready, version, checks }))
        }
    };
    let answer = answer.clone();
    Json(if answer.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, answer)
}

/// A part, whether nothing can be served without it, and how it is asked.
type Named<'a> = (&'static str, bool, BoxFuture<'a, Result<(), String>>);

/// Every part that is asked. A new one is one more row.
fn checks(app: &Parts) -> Vec<Named<'_>> {
    vec![
        ("configRepository", true, Box::pin(async { app.reader.tip().map(drop).map_err(said) })),
        ("gitHost", false, Box::pin(async { app.git_host.problem().map_or(Ok(()), Err) })),
        // Settings that are wrong are for a person to mend; taking every server out of service would not.
        ("settings", false, Box::pin(async { app.reader.settings().map(drop).map_err(said) })),
        ("queue", true, Box::pin(async { app.queue.depths().await.map(drop).map_err(said) })),
        ("artifactStore", false, Box::pin(store(app))),
        ("broker", false, Box::pin(async { none(&app.links.problems()) })),
    ]
}

fn none(problems: &[String]) -> Result<(), String> {
    if problems.is_empty() { Ok(()) } else { Err(problems.join("; ")) }
}

/// Asks for an artifact that nobody has: an answer is an answer.
async fn store(app: &Parts) -> Result<(), String> {
    let service = "readiness".parse().map_err(said)?;
    let id = "none-0".parse().map_err(said)?;
    app.store.exists(&service, &id).await.map(drop).map_err(said)
}

async fn checked((name, needed, asked): Named<'_>) -> Check {
    let answer = tokio::time::timeout(PATIENCE, asked).await;
    let reason = match answer {
        Ok(Ok(())) => String::new(),
        Ok(Err(reason)) => reason,
        Err(_) => format!("no answer within {} s", PATIENCE.as_secs()),
    };
    Check { name: name.to_owned(), ok: reason.is_empty(), needed, reason }
}

fn said(error: impl std::error::Error + 'static) -> String {
    explain::chain(&error).join(": ")
}

pub(crate) async fn metrics(State(app): State<App>) -> Result<impl IntoResponse, Failure> {
    let depths = app.queue.depths().await?;
    let text = app
        .metrics
        .text(&depths, IndexNow::from(&app.reader))
        .map_err(|_| Failure::new(explain::Kind::Internal, "unknown error", "look into the server's log"))?;
    Ok(([(header::CONTENT_TYPE, metrics::CONTENT_TYPE)], text))
}
