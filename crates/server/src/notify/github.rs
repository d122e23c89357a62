//! A tag at GitHub that says which commit an environment runs (spec, section 9.2).

use std::time::Duration;

use artifact::ArtifactSpec;
use policy::Release;
use reqwest::StatusCode;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Deliver;
use super::deliver::{Undelivered, broken, refused, unreadable};
use crate::config::GitHubConfig;

const TIMEOUT: Duration = Duration::from_secs(10);

/// Which tag goes where.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Tag {
    repository: String,
    name: String,
    sha: String,
}

impl Tag {
    pub(super) fn new(release: &Release, spec: &ArtifactSpec) -> Self {
        Self {
            repository: spec.application.name.clone(),
            name: release.environment.to_string(),
            sha: spec.application.sha.clone(),
        }
    }

    /// Moves of one tag keep their order.
    pub(super) fn key(&self) -> String {
        format!("{}/{}", self.repository, self.name)
    }
}

/// Tags.
pub(crate) struct GitHub {
    config: GitHubConfig,
    http: reqwest::Client,
}

impl GitHub {
    pub(crate) fn new(config: GitHubConfig, http: reqwest::Client) -> Self {
        Self { config, http }
    }

    async fn send(
        &self,
        request: reqwest::RequestBuilder,
        body: &serde_json::Value,
    ) -> Result<StatusCode, Undelivered> {
        let token = self.config.token.expose_secret();
        let request = request
            .timeout(TIMEOUT)
            .basic_auth(&self.config.organisation, Some(token))
            .header("User-Agent", "release-manager")
            .header("Accept", "application/vnd.github+json")
            .json(body);
        let answer = request.send().await.map_err(|error| broken("GitHub", error))?;
        let status = answer.status();
        if status.is_success() || status == StatusCode::UNPROCESSABLE_ENTITY {
            return Ok(status);
        }
        Err(refused("GitHub", status, &answer.text().await.unwrap_or_default()))
    }
}

impl Deliver for GitHub {
    async fn deliver(&self, payload: &[u8]) -> Result<(), Undelivered> {
        let Tag { repository, name, sha } =
            serde_json::from_slice(payload).map_err(|error| unreadable(&error))?;
        let GitHubConfig { url, organisation, .. } = &self.config;
        let refs = format!("{url}/repos/{organisation}/{repository}/git/refs");
        let made = self
            .send(self.http.post(&refs), &json!({"ref": format!("refs/tags/{name}"), "sha": sha}))
            .await?;
        if made.is_success() {
            return Ok(());
        }
        // It is there: move it.
        let move_it = self.http.patch(format!("{refs}/tags/{name}"));
        match self.send(move_it, &json!({"force": true, "sha": sha})).await? {
            moved if moved.is_success() => Ok(()),
            status => {
                Err(refused("GitHub", status, &format!("the tag {name} of {repository} cannot be moved")))
            }
        }
    }
}
