//! Parts of a path, with the envelope of all answers when they cannot be read.

use axum::extract::FromRequestParts;
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::Failure;
use crate::app::App;

/// The parts of a path that its route names.
pub(crate) struct Path<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Path<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        match axum::extract::Path::from_request_parts(parts, app).await {
            Ok(axum::extract::Path(read)) => Ok(Self(read)),
            Err(_) => {
                let message = format!("the path {} cannot be read", parts.uri.path());
                Err(Failure::invalid(
                    message,
                    "write each of its parts in UTF-8, and ids of the queue as numbers",
                ))
            }
        }
    }
}
