//! Annotations of releases in Grafana (spec, section 9.2).

use std::time::Duration;

use artifact::ArtifactSpec;
use policy::Release;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Deliver;
use super::deliver::{Undelivered, broken, refused, unreadable};
use super::silence::Silence;
use crate::config::GrafanaTarget;

const TIMEOUT: Duration = Duration::from_secs(10);

/// What is annotated.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Annotation {
    service: String,
    environment: String,
    data: String,
}

impl Annotation {
    pub(super) fn new(release: &Release, spec: &ArtifactSpec) -> Self {
        let data = format!(
            "<br>Author: {}<br>Message: {}<br>ArtifactID: {}",
            spec.application.author_name, spec.application.message, release.artifact
        );
        Self { service: release.service.to_string(), environment: release.environment.to_string(), data }
    }
}

/// Annotates.
pub(crate) struct Grafana {
    targets: Vec<(GrafanaTarget, Silence)>,
    http: reqwest::Client,
}

impl Grafana {
    pub(crate) fn new(targets: Vec<GrafanaTarget>, http: reqwest::Client) -> Self {
        let targets = targets.into_iter().map(|target| (target, Silence::default())).collect();
        Self { targets, http }
    }
}

impl Deliver for Grafana {
    async fn deliver(&self, payload: &[u8]) -> Result<(), Undelivered> {
        let Annotation { service, environment, data } =
            serde_json::from_slice(payload).map_err(|error| unreadable(&error))?;
        let of_environment = |(target, _): &&(GrafanaTarget, Silence)| target.environment == environment;
        let Some((target, silence)) = self.targets.iter().find(of_environment) else {
            tracing::info!(environment, "Grafana is no longer configured for this environment");
            return Ok(());
        };
        let body = json!({
            "what": format!("Deployment: {service}"),
            "tags": ["deployment", service, environment],
            "data": data,
        });
        silence.over().await;
        let request = self.http.post(format!("{}/api/annotations/graphite", target.url));
        let sent = request.timeout(TIMEOUT).bearer_auth(target.key.expose_secret()).json(&body).send().await;
        let answer = sent.map_err(|error| broken("Grafana", error))?;
        silence.heed(&answer);
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        Err(refused("Grafana", status, &answer.text().await.unwrap_or_default()))
    }
}
