//! Good answers.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// JSON as Go writes it.
pub(crate) struct Json<T>(pub(crate) StatusCode, pub(crate) T);

impl<T> Json<T> {
    pub(crate) fn ok(value: T) -> Self {
        Self(StatusCode::OK, value)
    }

    pub(crate) fn created(value: T) -> Self {
        Self(StatusCode::CREATED, value)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        let bytes = api::encode(&self.1).expect("wire types have texts as keys");
        (self.0, [(header::CONTENT_TYPE, "application/json")], bytes).into_response()
    }
}
