//! A Grafana double: annotations in Graphite's form.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::{HttpServer, secret};
use crate::{PartError, Recorder};

/// The running double.
#[derive(Debug)]
pub struct Grafana {
    server: HttpServer,
    site: Arc<Site>,
}

/// One annotation.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Annotation {
    /// Its headline.
    pub what: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// Its text.
    #[serde(default)]
    pub data: String,
}

#[derive(Debug)]
struct Site {
    key: String,
    annotations: Recorder<Annotation>,
}

impl Grafana {
    /// Starts it without annotations.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start() -> Result<Self, PartError> {
        let site = Arc::new(Site { key: "grafana-testkit-key".into(), annotations: Recorder::default() });
        let router =
            Router::new().route("/api/annotations/graphite", post(annotate)).with_state(Arc::clone(&site));
        Ok(Self { server: HttpServer::start(router)?, site })
    }

    /// Its base URL.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// The only API key that is accepted.
    #[must_use]
    pub fn api_key(&self) -> &str {
        &self.site.key
    }

    /// All annotations, oldest first.
    #[must_use]
    pub fn annotations(&self) -> Vec<Annotation> {
        self.site.annotations.all()
    }

    /// The first annotation that `wanted` accepts, there already or still to come.
    ///
    /// # Errors
    /// When none came in time; the error shows what came instead.
    pub async fn wait_for(
        &self,
        what: &str,
        deadline: Duration,
        wanted: impl Fn(&Annotation) -> bool,
    ) -> Result<Annotation, PartError> {
        self.site.annotations.wait_for(what, deadline, wanted).await
    }
}

async fn annotate(
    State(site): State<Arc<Site>>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> (StatusCode, Json<Value>) {
    if secret(&headers).as_ref() != Some(&site.key) {
        return (StatusCode::UNAUTHORIZED, Json(json!({"message": "Invalid API key"})));
    }
    match serde_json::from_value(body) {
        Ok(annotation) => {
            site.annotations.record(annotation);
            let id = site.annotations.all().len();
            (StatusCode::OK, Json(json!({"message": "Graphite annotation added", "id": id})))
        }
        Err(_) => (StatusCode::BAD_REQUEST, Json(json!({"message": "bad request data"}))),
    }
}
