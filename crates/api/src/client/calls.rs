//! The routes that the original does not have, as functions. Each error says when there is no useful answer.

use reqwest::Method;

use super::{Client, ClientError};
use crate::{
    EnvironmentsResponse, KnownRelease, QueueResponse, ReleasesResponse, RetryResponse, ServicesResponse,
    routes,
};

impl Client {
    /// The services there are, all or those of one environment.
    ///
    /// # Errors
    /// When there is no useful answer.
    pub async fn services(&self, environment: Option<&str>) -> Result<ServicesResponse, ClientError> {
        let query: Vec<_> = environment.map(|name| ("environment", name)).into_iter().collect();
        self.get(&[routes::SERVICES], &query).await
    }

    /// The environments in their order, and who may release to them; with a service, its own restrictions too.
    ///
    /// # Errors
    /// When there is no useful answer. The original answers 404.
    pub async fn environments(&self, service: Option<&str>) -> Result<EnvironmentsResponse, ClientError> {
        let query: Vec<_> = service.map(|name| ("service", name)).into_iter().collect();
        self.get(&[routes::ENVIRONMENTS], &query).await
    }

    /// What became of an accepted release, by the id it was accepted under.
    ///
    /// # Errors
    /// When there is no useful answer, or no such release is known.
    pub async fn known_release(&self, id: &str) -> Result<KnownRelease, ClientError> {
        self.get(&[routes::RELEASES, id], &[]).await
    }

    /// What has landed of a service, newest first: in one environment, or in all of them.
    ///
    /// # Errors
    /// When there is no useful answer.
    pub async fn history(
        &self,
        service: &str,
        environment: Option<&str>,
        limit: usize,
    ) -> Result<ReleasesResponse, ClientError> {
        let limit = limit.to_string();
        let mut query = vec![("service", service), ("limit", limit.as_str())];
        query.extend(environment.map(|name| ("environment", name)));
        self.get(&[routes::RELEASES], &query).await
    }

    /// Work that is accepted and not done.
    ///
    /// # Errors
    /// When there is no useful answer.
    pub async fn queue(&self) -> Result<QueueResponse, ClientError> {
        self.get(&[routes::QUEUE], &[]).await
    }

    /// Tries again what was given up.
    ///
    /// # Errors
    /// When there is no useful answer, or nothing given up has this number.
    pub async fn retry(&self, item: u64) -> Result<RetryResponse, ClientError> {
        let id = item.to_string();
        self.call(Method::POST, &[routes::QUEUE, &id, "retry"], &serde_json::json!({})).await
    }
}
