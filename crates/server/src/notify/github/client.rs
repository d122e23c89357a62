//! Calls to GitHub's interface.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use secrecy::ExposeSecret;
use serde_json::Value;

use crate::config::GitHubConfig;
use crate::notify::deliver::{Undelivered, broken, refused};
use crate::notify::silence::Silence;

const TIMEOUT: Duration = Duration::from_secs(10);

/// How much of an answer is read: of a list a page.
const MOST_BYTES: usize = 4 << 20;

/// GitHub, as one organisation sees it.
pub(crate) struct GitHub {
    config: GitHubConfig,
    http: reqwest::Client,
    silence: Silence,
}

impl GitHub {
    pub(crate) fn new(config: GitHubConfig, http: reqwest::Client) -> Self {
        Self { config, http, silence: Silence::default() }
    }

    /// Calls below `/repos/ORGANISATION/`. What GitHub says is an answer when it is good or says that the request
    /// cannot be done as it is (422); everything else is a reason not to be delivered.
    pub(super) async fn call(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<(StatusCode, Value), Undelivered> {
        let GitHubConfig { url, organisation, token, .. } = &self.config;
        self.silence.over().await;
        let mut request = self
            .http
            .request(method, format!("{url}/repos/{organisation}/{path}"))
            .timeout(TIMEOUT)
            .basic_auth(organisation, Some(token.expose_secret()))
            .header("User-Agent", "release-manager")
            .header("Accept", "application/vnd.github+json")
            .query(query);
        if let Some(body) = body {
            request = request.json(body);
        }
        let mut answer = request.send().await.map_err(|error| broken("GitHub", error))?;
        let limited = self.silence.heed(&answer);
        let status = answer.status();
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| broken("GitHub", error))? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > MOST_BYTES {
                return Err(Undelivered::Never("GitHub answers without end".to_owned()));
            }
        }
        if status.is_success() || status == StatusCode::UNPROCESSABLE_ENTITY {
            return Ok((status, serde_json::from_slice(&bytes).unwrap_or_default()));
        }
        Err(match refused("GitHub", status, &String::from_utf8_lossy(&bytes)) {
            Undelivered::Never(reason) if limited => Undelivered::Later(reason),
            undelivered => undelivered,
        })
    }

    /// A call that has to go well.
    pub(super) async fn must(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Value, Undelivered> {
        match self.call(method, path, query, body).await? {
            (status, answer) if status.is_success() => Ok(answer),
            (status, answer) => Err(refused("GitHub", status, &answer.to_string())),
        }
    }
}

/// What people read beside a state: GitHub refuses longer ones.
pub(super) fn description(text: &str) -> String {
    const MOST: usize = 140;
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(MOST - 1) {
        Some((end, _)) if line.chars().count() > MOST => format!("{}…", &line[..end]),
        _ => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_fit() {
        assert_eq!(description("one\ntwo"), "one");
        let exact = "é".repeat(140);
        assert_eq!(description(&exact), exact);
        let cut = description(&"é".repeat(141));
        assert_eq!((cut.chars().count(), cut.ends_with("é…")), (140, true));
    }
}
