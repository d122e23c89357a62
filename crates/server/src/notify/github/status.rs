//! A status beside the commit that was built, one for each environment.

use std::sync::Arc;

use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::GitHub;
use super::client::description;
use crate::notify::Deliver;
use crate::notify::deliver::{Undelivered, unreadable};

/// How a commit stands in an environment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::notify) struct Status {
    pub(in crate::notify) repository: String,
    pub(in crate::notify) sha: String,
    pub(in crate::notify) environment: String,
    /// `success` or `failure`.
    pub(in crate::notify) state: String,
    pub(in crate::notify) text: String,
}

impl Status {
    /// Those of one commit and environment keep their order.
    pub(in crate::notify) fn key(&self) -> String {
        format!("{}/{}/{}", self.repository, self.sha, self.environment)
    }
}

/// Sets statuses. One that is set again changes nothing: the last of a context counts.
pub(crate) struct Statuses(pub(crate) Arc<GitHub>);

impl Deliver for Statuses {
    async fn deliver(&self, payload: &[u8]) -> Result<(), Undelivered> {
        let Status { repository, sha, environment, state, text } =
            serde_json::from_slice(payload).map_err(|error| unreadable(&error))?;
        let body = json!({
            "state": state,
            "context": format!("release-manager/{environment}"),
            "description": description(&text),
        });
        let path = format!("{repository}/statuses/{sha}");
        self.0.must(Method::POST, &path, &[], Some(&body)).await.map(drop)
    }
}
