//! What happens, as it happens: server-sent events.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use explain::Kind;

use super::Failure;
use super::caller::Hamctl;
use super::query::Query;
use crate::app::App;
use crate::events::{Filter, Listener};

pub(crate) async fn listen(
    State(app): State<App>,
    Hamctl(_): Hamctl,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let given = |name: &str| query.given(name).map(str::to_owned);
    let filter = Filter { service: given("service"), environment: given("environment") };
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let Some(room) = app.news.room() else {
        let hint = "try again in a moment, or listen in fewer places";
        return Err(Failure::new(Kind::Unavailable, "too many listen to events already", hint));
    };
    let listener = Listener::new(app.clone(), filter, last, room);
    let written = futures::stream::unfold(listener, async |mut listener| {
        let bytes = listener.next().await?;
        Some((Ok::<_, std::convert::Infallible>(bytes), listener))
    });
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        // Proxies that collect answers would hold news back.
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((StatusCode::OK, headers, Body::from_stream(written)).into_response())
}
