//! Deployments, and states of deployments and of commits.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, Site, is_commit, problem};
use crate::http::secret;

/// A deployment and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Deployment {
    /// Its number.
    pub id: u64,
    /// `owner/name` of the repository.
    pub repository: String,
    /// The commit.
    pub sha: String,
    /// The environment.
    pub environment: String,
    /// What the client noted with it.
    pub payload: Value,
    /// The states it went through, oldest first.
    pub states: Vec<String>,
}

/// A status that was set beside a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitStatus {
    /// `owner/name` of the repository.
    pub repository: String,
    /// The commit.
    pub sha: String,
    /// Whose word it is: the last of a context counts.
    pub context: String,
    /// `error`, `failure`, `pending` or `success`.
    pub state: String,
    /// What people read.
    pub description: String,
}

#[derive(Deserialize)]
struct NewDeployment {
    #[serde(rename = "ref")]
    reference: String,
    #[serde(default = "production")]
    environment: String,
    #[serde(default = "yes")]
    auto_merge: bool,
    required_contexts: Option<Vec<String>>,
    #[serde(default)]
    payload: Value,
}

fn production() -> String {
    "production".to_owned()
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
struct NewState {
    state: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    context: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Filter {
    sha: String,
    environment: String,
}

pub(super) fn router() -> Router<Arc<Site>> {
    Router::new()
        .route("/repos/{owner}/{name}/deployments", post(create).get(list))
        .route("/repos/{owner}/{name}/deployments/{id}/statuses", post(set_state).get(states))
        .route("/repos/{owner}/{name}/statuses/{sha}", post(set_status))
}

impl Site {
    fn refused(&self, headers: &HeaderMap) -> Option<Answer> {
        let known = secret(headers).as_ref() == Some(&self.token);
        (!known).then(|| problem(StatusCode::UNAUTHORIZED, "Bad credentials"))
    }
}

async fn create(
    State(site): State<Arc<Site>>,
    Path((owner, name)): Path<(String, String)>,
    headers: HeaderMap,
    Json(new): Json<NewDeployment>,
) -> Answer {
    if let Some(refused) = site.refused(&headers) {
        return refused;
    }
    if !is_commit(&new.reference) {
        return problem(StatusCode::UNPROCESSABLE_ENTITY, "No ref found");
    }
    // Without these GitHub merges the default branch, and waits for the checks of a commit that are still running.
    if new.auto_merge || new.required_contexts != Some(Vec::new()) {
        return problem(StatusCode::CONFLICT, "Conflict: Commit status checks failed");
    }
    let mut id = 0;
    site.deployments.send_modify(|deployments| {
        id = deployments.len() as u64 + 1;
        deployments.push(Deployment {
            id,
            repository: format!("{owner}/{name}"),
            sha: new.reference,
            environment: new.environment,
            payload: new.payload,
            states: Vec::new(),
        });
    });
    (StatusCode::CREATED, Json(json!({"id": id})))
}

async fn list(
    State(site): State<Arc<Site>>,
    Path((owner, name)): Path<(String, String)>,
    Query(filter): Query<Filter>,
    headers: HeaderMap,
) -> Answer {
    if let Some(refused) = site.refused(&headers) {
        return refused;
    }
    let repository = format!("{owner}/{name}");
    let fits = |wanted: &str, is: &str| wanted.is_empty() || wanted == is;
    let all = site.deployments.borrow();
    let found = all.iter().rev().filter(|one| {
        one.repository == repository
            && fits(&filter.sha, &one.sha)
            && fits(&filter.environment, &one.environment)
    });
    let rows = found.map(
        |one| json!({"id": one.id, "sha": one.sha, "environment": one.environment, "payload": one.payload}),
    );
    (StatusCode::OK, Json(rows.collect()))
}

async fn set_state(
    State(site): State<Arc<Site>>,
    Path((_, _, id)): Path<(String, String, u64)>,
    headers: HeaderMap,
    Json(new): Json<NewState>,
) -> Answer {
    if let Some(refused) = site.refused(&headers) {
        return refused;
    }
    const STATES: [&str; 7] = ["error", "failure", "inactive", "in_progress", "queued", "pending", "success"];
    if !STATES.contains(&new.state.as_str()) || new.description.chars().count() > 140 {
        return problem(StatusCode::UNPROCESSABLE_ENTITY, "Validation Failed");
    }
    let mut known = false;
    site.deployments.send_modify(|deployments| {
        if let Some(one) = deployments.iter_mut().find(|one| one.id == id) {
            one.states.push(new.state.clone());
            known = true;
        }
    });
    match known {
        true => (StatusCode::CREATED, Json(json!({"state": new.state}))),
        false => problem(StatusCode::NOT_FOUND, "Not Found"),
    }
}

async fn states(
    State(site): State<Arc<Site>>,
    Path((_, _, id)): Path<(String, String, u64)>,
    headers: HeaderMap,
) -> Answer {
    if let Some(refused) = site.refused(&headers) {
        return refused;
    }
    let all = site.deployments.borrow();
    let states = all.iter().find(|one| one.id == id).map(|one| &one.states);
    let rows = states.into_iter().flatten().rev().map(|state| json!({"state": state}));
    (StatusCode::OK, Json(rows.collect()))
}

async fn set_status(
    State(site): State<Arc<Site>>,
    Path((owner, name, sha)): Path<(String, String, String)>,
    headers: HeaderMap,
    Json(new): Json<NewState>,
) -> Answer {
    if let Some(refused) = site.refused(&headers) {
        return refused;
    }
    const STATES: [&str; 4] = ["error", "failure", "pending", "success"];
    if !is_commit(&sha) || !STATES.contains(&new.state.as_str()) || new.description.chars().count() > 140 {
        return problem(StatusCode::UNPROCESSABLE_ENTITY, "Validation Failed");
    }
    let NewState { state, description, context } = new;
    let answer = json!({"state": state, "context": context});
    site.statuses.record(CommitStatus {
        repository: format!("{owner}/{name}"),
        sha,
        context,
        state,
        description,
    });
    (StatusCode::CREATED, Json(answer))
}
