//! Bodies, read as the original reads them: content types do not matter, unknown fields neither.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use explain::Kind;
use serde::de::DeserializeOwned;

use super::{Failure, MAX_BODY_BYTES};
use crate::app::App;

/// A body of JSON.
pub(crate) struct Body<T>(pub(crate) T);

/// A body as it came.
pub(crate) struct Raw(pub(crate) Bytes);

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let Raw(bytes) = Raw::from_request(request, app).await?;
        api::decode(&bytes).map(Body).map_err(|error| Failure::unread_body(&error))
    }
}

impl FromRequest<App> for Raw {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let length =
            request.headers().get(header::CONTENT_LENGTH).and_then(|text| text.to_str().ok()?.parse().ok());
        if length.is_some_and(|length: usize| length > MAX_BODY_BYTES) {
            return Err(Failure::too_large());
        }
        // Half of the time, so that the other half is left to serve what came.
        let body = tokio::time::timeout(app.timeout / 2, Bytes::from_request(request, app)).await;
        let body = body.map_err(|_| Failure::too_slow())?;
        body.map(Raw).map_err(|rejection| match rejection.into_response().status() {
            StatusCode::PAYLOAD_TOO_LARGE => Failure::too_large(),
            _ => Failure::new(Kind::Usage, "request cancelled", "send the whole body"),
        })
    }
}

/// Lines about required fields that are blank, in the original's words.
pub(crate) fn required(fields: &[(&str, &str)]) -> Vec<String> {
    fields
        .iter()
        .filter(|(_, value)| value.trim().is_empty())
        .map(|(name, _)| format!("Required field '{name}' was empty"))
        .collect()
}
