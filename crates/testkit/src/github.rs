//! A GitHub double: references, deployments and commit statuses of any repository, and push webhooks.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{patch, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::http::{HttpServer, secret};
use crate::{PartError, Recorder};

mod deployments;
mod webhook;

pub use deployments::{CommitStatus, Deployment};
pub use webhook::PushEvent;

/// The running double.
#[derive(Debug)]
pub struct GitHub {
    server: HttpServer,
    site: Arc<Site>,
}

/// One change of a reference that was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefChange {
    /// `owner/name` of the repository.
    pub repository: String,
    /// The full name, such as `refs/tags/dev`.
    pub name: String,
    /// Where it points now.
    pub sha: String,
    /// Whether it was made just now, as opposed to moved.
    pub created: bool,
}

#[derive(Debug)]
struct Site {
    token: String,
    refs: Mutex<BTreeMap<(String, String), String>>,
    changes: Recorder<RefChange>,
    deployments: watch::Sender<Vec<Deployment>>,
    statuses: Recorder<CommitStatus>,
    limits: Mutex<Vec<u32>>,
}

#[derive(Debug, Deserialize)]
struct Body {
    #[serde(default, rename = "ref")]
    name: String,
    sha: String,
}

type Answer = (StatusCode, Json<Value>);

impl GitHub {
    /// Starts it; every repository exists and has no references.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start() -> Result<Self, PartError> {
        let site = Arc::new(Site {
            token: "ghp_testkit".into(),
            refs: Mutex::default(),
            changes: Recorder::default(),
            deployments: watch::Sender::new(Vec::new()),
            statuses: Recorder::default(),
            limits: Mutex::default(),
        });
        let router = Router::new()
            .route("/repos/{owner}/{name}/git/refs", post(create))
            .route("/repos/{owner}/{name}/git/refs/{*reference}", patch(update))
            .merge(deployments::router())
            .layer(middleware::from_fn_with_state(Arc::clone(&site), limited))
            .with_state(Arc::clone(&site));
        Ok(Self { server: HttpServer::start(router)?, site })
    }

    /// Its base URL, in place of `https://api.github.com`.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// The only token that is accepted: as bearer, or as the password of any user.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.site.token
    }

    /// Answers the next call with 403 and `Retry-After`, as GitHub does to who calls too often.
    pub fn rate_limit_next(&self, retry_after_seconds: u32) {
        self.site.limits.lock().unwrap_or_else(PoisonError::into_inner).push(retry_after_seconds);
    }

    /// All deployments, oldest first.
    #[must_use]
    pub fn deployments(&self) -> Vec<Deployment> {
        self.site.deployments.borrow().clone()
    }

    /// The first deployment that `wanted` accepts, now or later.
    ///
    /// # Errors
    /// When none came in time; the error shows what there is instead.
    pub async fn wait_for_deployment(
        &self,
        what: &str,
        deadline: Duration,
        wanted: impl Fn(&Deployment) -> bool,
    ) -> Result<Deployment, PartError> {
        let mut deployments = self.site.deployments.subscribe();
        let seen = async {
            let all = deployments.wait_for(|all| all.iter().any(&wanted)).await.ok()?;
            all.iter().find(|one| wanted(one)).cloned()
        };
        match tokio::time::timeout(deadline, seen).await {
            Ok(Some(found)) => Ok(found),
            Ok(None) | Err(_) => Err(PartError::Late {
                what: what.into(),
                waited: deadline,
                state: format!("{:#?}", self.deployments()),
            }),
        }
    }

    /// All commit statuses, oldest first.
    #[must_use]
    pub fn statuses(&self) -> Vec<CommitStatus> {
        self.site.statuses.all()
    }

    /// The first commit status that `wanted` accepts, there already or still to come.
    ///
    /// # Errors
    /// When none came in time; the error shows what came instead.
    pub async fn wait_for_status(
        &self,
        what: &str,
        deadline: Duration,
        wanted: impl Fn(&CommitStatus) -> bool,
    ) -> Result<CommitStatus, PartError> {
        self.site.statuses.wait_for(what, deadline, wanted).await
    }

    /// All accepted changes, oldest first.
    #[must_use]
    pub fn changes(&self) -> Vec<RefChange> {
        self.site.changes.all()
    }

    /// The first change that `wanted` accepts, there already or still to come.
    ///
    /// # Errors
    /// When none came in time; the error shows what came instead.
    pub async fn wait_for(
        &self,
        what: &str,
        deadline: Duration,
        wanted: impl Fn(&RefChange) -> bool,
    ) -> Result<RefChange, PartError> {
        self.site.changes.wait_for(what, deadline, wanted).await
    }
}

impl Site {
    /// Sets a reference when its existence is as the method demands.
    fn set(&self, headers: &HeaderMap, change: RefChange) -> Answer {
        if secret(headers).as_ref() != Some(&self.token) {
            return problem(StatusCode::UNAUTHORIZED, "Bad credentials");
        }
        if !change.name.starts_with("refs/") || change.name.matches('/').count() < 2 {
            return problem(StatusCode::UNPROCESSABLE_ENTITY, "Reference name is not valid");
        }
        if !is_commit(&change.sha) {
            return problem(StatusCode::UNPROCESSABLE_ENTITY, "Object does not exist");
        }
        let mut refs = self.refs.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (change.repository.clone(), change.name.clone());
        match (change.created, refs.contains_key(&key)) {
            (true, true) => return problem(StatusCode::UNPROCESSABLE_ENTITY, "Reference already exists"),
            (false, false) => return problem(StatusCode::UNPROCESSABLE_ENTITY, "Reference does not exist"),
            (true, false) | (false, true) => {}
        }
        refs.insert(key, change.sha.clone());
        let status = if change.created { StatusCode::CREATED } else { StatusCode::OK };
        let answer = json!({"ref": change.name, "object": {"type": "commit", "sha": change.sha}});
        self.changes.record(change);
        (status, Json(answer))
    }
}

fn is_commit(sha: &str) -> bool {
    sha.len() == 40 && sha.bytes().all(|byte| byte.is_ascii_hexdigit())
}

async fn limited(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let wait = {
        let mut limits = site.limits.lock().unwrap_or_else(PoisonError::into_inner);
        (!limits.is_empty()).then(|| limits.remove(0))
    };
    match wait {
        None => next.run(request).await,
        Some(seconds) => {
            let body = problem(StatusCode::FORBIDDEN, "You have exceeded a secondary rate limit");
            ([(header::RETRY_AFTER, seconds.to_string())], body).into_response()
        }
    }
}

fn problem(status: StatusCode, message: &str) -> Answer {
    let body = json!({"message": message, "documentation_url": "https://docs.github.com/rest/git/refs"});
    (status, Json(body))
}

async fn create(
    State(site): State<Arc<Site>>,
    Path((owner, name)): Path<(String, String)>,
    headers: HeaderMap,
    Json(body): Json<Body>,
) -> Answer {
    let repository = format!("{owner}/{name}");
    site.set(&headers, RefChange { repository, name: body.name, sha: body.sha, created: true })
}

async fn update(
    State(site): State<Arc<Site>>,
    Path((owner, name, reference)): Path<(String, String, String)>,
    headers: HeaderMap,
    Json(body): Json<Body>,
) -> Answer {
    let repository = format!("{owner}/{name}");
    let name = format!("refs/{reference}");
    site.set(&headers, RefChange { repository, name, sha: body.sha, created: false })
}
