//! Where Flux may send its alerts: they become log lines, as with the original.

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde::Deserialize;
use tracing::info;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Alert {
    #[serde(default)]
    involved_object: Involved,
    #[serde(default)]
    severity: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    message: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Involved {
    kind: String,
    namespace: String,
    name: String,
}

/// The route.
pub fn router() -> Router {
    Router::new().route("/webhook/flux2-alerts", post(alert))
}

async fn alert(body: Bytes) -> Response {
    let Ok(Alert { involved_object: Involved { kind, namespace, name }, severity, reason, message }) =
        serde_json::from_slice(&body)
    else {
        return (StatusCode::INTERNAL_SERVER_ERROR, "unknown error").into_response();
    };
    info!(%kind, %namespace, %name, %severity, %reason, "flux says of {name}: {message}");
    StatusCode::OK.into_response()
}
