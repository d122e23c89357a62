//! Whether the process lives, whether it can do its work, and what it counts.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;

use super::Failure;
use crate::app::App;
use crate::metrics;

pub(crate) async fn ping() -> &'static str {
    "pong"
}

pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// Ready when the queue accepts and the repository can be read. A Git host or broker that is down makes it not
/// unready: what is accepted meanwhile lands later, and is told later.
pub(crate) async fn readyz(State(app): State<App>) -> impl IntoResponse {
    let problem = match (app.queue.depths().await, app.reader.tip()) {
        (Ok(_), Ok(_)) => return (StatusCode::OK, ready(&app.links.problems())),
        (Err(error), _) => error.to_string(),
        (_, Err(error)) => explain::chain(&error).join(": "),
    };
    (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {problem}\n"))
}

/// Ready, and what is away without keeping it from its work.
fn ready(problems: &[String]) -> String {
    problems.iter().fold("ok\n".to_owned(), |text, problem| text + problem + "\n")
}

pub(crate) async fn metrics(State(app): State<App>) -> Result<impl IntoResponse, Failure> {
    let depths = app.queue.depths().await?;
    let text = app
        .metrics
        .text(&depths)
        .map_err(|_| Failure::new(explain::Kind::Internal, "unknown error", "look into the server's log"))?;
    Ok(([(header::CONTENT_TYPE, metrics::CONTENT_TYPE)], text))
}
