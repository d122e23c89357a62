//! A tag that says which commit an environment runs, as the original does it.

use std::sync::Arc;

use artifact::ArtifactSpec;
use policy::Release;
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::GitHub;
use crate::notify::Deliver;
use crate::notify::deliver::{Undelivered, unreadable};

/// Which tag goes where.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::notify) struct Tag {
    repository: String,
    name: String,
    sha: String,
}

impl Tag {
    pub(in crate::notify) fn new(release: &Release, spec: &ArtifactSpec) -> Self {
        Self {
            repository: spec.application.name.clone(),
            name: release.environment.to_string(),
            sha: spec.application.sha.clone(),
        }
    }

    /// Moves of one tag keep their order.
    pub(in crate::notify) fn key(&self) -> String {
        format!("{}/{}", self.repository, self.name)
    }
}

/// Moves tags.
pub(crate) struct Tags(pub(crate) Arc<GitHub>);

impl Deliver for Tags {
    async fn deliver(&self, payload: &[u8]) -> Result<(), Undelivered> {
        let Tag { repository, name, sha } =
            serde_json::from_slice(payload).map_err(|error| unreadable(&error))?;
        let refs = format!("{repository}/git/refs");
        let new = json!({"ref": format!("refs/tags/{name}"), "sha": sha});
        let (made, _) = self.0.call(Method::POST, &refs, &[], Some(&new)).await?;
        if made.is_success() {
            return Ok(());
        }
        // It is there: move it.
        let moved = json!({"force": true, "sha": sha});
        self.0.must(Method::PATCH, &format!("{refs}/tags/{name}"), &[], Some(&moved)).await.map(drop)
    }
}
