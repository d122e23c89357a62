//! This interface, described for programs.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::IntoResponse;

/// The document, which people read and write as YAML.
static DOCUMENT: LazyLock<String> = LazyLock::new(|| {
    let documents = yaml::documents(api::OPENAPI).expect("a test reads this constant");
    documents[0].to_json().expect("a test reads this constant").to_string()
});

pub(crate) async fn document() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], DOCUMENT.as_str())
}
