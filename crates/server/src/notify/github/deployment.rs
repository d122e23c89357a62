//! Deployments: one for each release, with the states it goes through.

use std::sync::Arc;

use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::GitHub;
use super::client::description;
use crate::notify::Deliver;
use crate::notify::deliver::{Undelivered, unreadable};

/// How it stands with a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::notify) enum State {
    /// It is in the config repository.
    InProgress,
    /// A daemon says that it is up.
    Success,
    /// A daemon says that it is not.
    Failure,
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            Self::InProgress => "in_progress",
            Self::Success => "success",
            Self::Failure => "failure",
        }
    }
}

/// A state of the deployment of an artifact.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::notify) struct Deployment {
    pub(in crate::notify) repository: String,
    pub(in crate::notify) sha: String,
    pub(in crate::notify) environment: String,
    pub(in crate::notify) service: String,
    pub(in crate::notify) artifact: String,
    /// The release it began with; none in a daemon's report, which is about the last one.
    pub(in crate::notify) release: Option<String>,
    pub(in crate::notify) state: State,
    pub(in crate::notify) text: String,
}

impl Deployment {
    /// What happens in one environment keeps its order.
    pub(in crate::notify) fn key(&self) -> String {
        format!("{}/{}", self.repository, self.environment)
    }

    /// Whether a deployment that GitHub knows is this one.
    fn is(&self, known: &Value) -> bool {
        let payload = match &known["payload"] {
            // GitHub gives back as text what was sent as text.
            Value::String(text) => serde_json::from_str(text).unwrap_or_default(),
            payload => payload.clone(),
        };
        payload["service"] == self.service.as_str()
            && payload["artifact"] == self.artifact.as_str()
            && self.release.as_ref().is_none_or(|release| payload["release"] == release.as_str())
    }
}

/// Keeps deployments. It looks for the deployment first, so that none is made twice when the server dies before it has
/// noted that it made one.
pub(crate) struct Deployments(pub(crate) Arc<GitHub>);

impl Deployments {
    async fn find(&self, wanted: &Deployment) -> Result<Option<u64>, Undelivered> {
        let query = [("sha", wanted.sha.as_str()), ("environment", &wanted.environment), ("per_page", "100")];
        let path = format!("{}/deployments", wanted.repository);
        let known = self.0.must(Method::GET, &path, &query, None).await?;
        // Newest first.
        let known = known.as_array().into_iter().flatten().find(|known| wanted.is(known));
        Ok(known.and_then(|known| known["id"].as_u64()))
    }

    async fn make(&self, wanted: &Deployment) -> Result<u64, Undelivered> {
        let body = json!({
            "ref": wanted.sha,
            "environment": wanted.environment,
            "description": description(&wanted.text),
            "auto_merge": false,
            "required_contexts": [],
            "payload": {
                "service": wanted.service,
                "artifact": wanted.artifact,
                "release": wanted.release,
            },
        });
        let path = format!("{}/deployments", wanted.repository);
        let made = self.0.must(Method::POST, &path, &[], Some(&body)).await?;
        made["id"].as_u64().ok_or_else(|| Undelivered::Never("GitHub gave a deployment no id".to_owned()))
    }

    async fn set(&self, wanted: &Deployment, id: u64) -> Result<(), Undelivered> {
        let path = format!("{}/deployments/{id}/statuses", wanted.repository);
        let known = self.0.must(Method::GET, &path, &[("per_page", "1")], None).await?;
        if known[0]["state"] == wanted.state.as_str() {
            return Ok(());
        }
        let body = json!({
            "state": wanted.state.as_str(),
            "environment": wanted.environment,
            "description": description(&wanted.text),
        });
        self.0.must(Method::POST, &path, &[], Some(&body)).await.map(drop)
    }
}

impl Deliver for Deployments {
    async fn deliver(&self, payload: &[u8]) -> Result<(), Undelivered> {
        let wanted: Deployment = serde_json::from_slice(payload).map_err(|error| unreadable(&error))?;
        let id = match self.find(&wanted).await? {
            Some(id) => id,
            None if wanted.release.is_some() => self.make(&wanted).await?,
            None => {
                tracing::info!(
                    artifact = wanted.artifact,
                    "a report is about no deployment that GitHub knows"
                );
                return Ok(());
            }
        };
        self.set(&wanted, id).await
    }
}
