//! What we ask the release manager.

use std::time::Duration;

use api::{
    ApplyAutoReleaseRequest, ApplyBranchRestrictionRequest, AutoReleaseBody, BranchRestrictionBody, Client,
    ClientError, DeletePoliciesRequest, DeletePoliciesResponse, DescribeArtifactsResponse,
    DescribeReleaseResponse, EnvironmentsResponse, IntentBody, PoliciesResponse, ReleaseRequest,
    ReleaseResponse, StatusResponse, routes,
};
use artifact::Person;
use reqwest::Method;

use crate::credentials::Credentials;
use crate::error::CommandError;
use crate::identity;
use crate::settings::Settings;

/// The release manager, asked about one service.
#[derive(Debug)]
pub(crate) struct Server {
    client: Client,
    pub(crate) service: String,
    /// The namespace that shuttle.yaml names.
    namespace: Option<String>,
    token_names_a_person: bool,
}

impl Server {
    pub(crate) fn new(
        settings: &Settings,
        credentials: Credentials,
        timeout: Duration,
    ) -> Result<Self, ClientError> {
        let token_names_a_person = credentials.name_a_person();
        Ok(Self {
            client: Client::new(&settings.address, credentials.token, env!("CARGO_PKG_VERSION"), timeout)?,
            service: settings.service.clone(),
            namespace: settings.namespace.clone(),
            token_names_a_person,
        })
    }

    /// What runs where. `namespace` is the flag; without it the one of shuttle.yaml counts.
    pub(crate) async fn status(&self, namespace: Option<&str>) -> Result<StatusResponse, ClientError> {
        let namespace = namespace.filter(|text| !text.is_empty()).or(self.namespace.as_deref());
        let mut query = vec![("service", self.service.as_str())];
        query.extend(namespace.map(|namespace| ("namespace", namespace)));
        self.client.get(&[routes::STATUS], &query).await
    }

    /// Releases to an environment, newest first.
    pub(crate) async fn releases(
        &self,
        env: &str,
        count: u32,
    ) -> Result<DescribeReleaseResponse, ClientError> {
        let count = count.to_string();
        self.client.get(&[routes::DESCRIBE_RELEASE, &self.service, env], &[("count", &count)]).await
    }

    /// Artifacts, newest first.
    pub(crate) async fn artifacts(
        &self,
        count: u32,
        branch: Option<&str>,
    ) -> Result<DescribeArtifactsResponse, ClientError> {
        let count = count.to_string();
        let mut query = vec![("count", count.as_str())];
        query.extend(branch.map(|branch| ("branch", branch)));
        self.client.get(&[routes::DESCRIBE_ARTIFACT, &self.service], &query).await
    }

    /// The id of the newest artifact of a branch.
    pub(crate) async fn latest_artifact(&self, branch: &str) -> Result<String, CommandError> {
        let path = [routes::DESCRIBE_LATEST_ARTIFACT, &self.service];
        let answer: DescribeArtifactsResponse = self.client.get(&path, &[("branch", branch)]).await?;
        let newest = answer.artifacts.into_iter().next().map(|artifact| artifact.id);
        newest.filter(|id| !id.is_empty()).ok_or_else(|| CommandError::NoArtifact {
            service: self.service.clone(),
            branch: branch.to_owned(),
        })
    }

    /// The environments in their order; `None` when the server is one that does not say.
    pub(crate) async fn environments(&self) -> Result<Option<EnvironmentsResponse>, ClientError> {
        match self.client.get(&[routes::ENVIRONMENTS], &[]).await {
            Ok(answer) => Ok(Some(answer)),
            Err(error) if status_of(&error) == Some(404) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Asks for a release.
    pub(crate) async fn release(
        &self,
        env: &str,
        artifact_id: &str,
        intent: IntentBody,
    ) -> Result<ReleaseResponse, ClientError> {
        let (committer_name, committer_email) = self.caller();
        let request = ReleaseRequest {
            service: self.service.clone(),
            environment: env.to_owned(),
            artifact_id: artifact_id.to_owned(),
            committer_name,
            committer_email,
            intent,
        };
        self.client.call(Method::POST, &[routes::RELEASE], &request).await
    }

    /// The policies; `None` when there are none.
    pub(crate) async fn policies(&self) -> Result<Option<PoliciesResponse>, ClientError> {
        match self.client.get(&[routes::POLICIES], &[("service", &self.service)]).await {
            Ok(answer) => Ok(Some(answer)),
            Err(error) if status_of(&error) == Some(404) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(crate) async fn apply_auto_release(
        &self,
        branch: &str,
        env: &str,
    ) -> Result<AutoReleaseBody, ClientError> {
        let (committer_name, committer_email) = self.caller();
        let request = ApplyAutoReleaseRequest {
            service: self.service.clone(),
            branch: branch.to_owned(),
            environment: env.to_owned(),
            committer_name,
            committer_email,
        };
        self.client.call(Method::PATCH, &[routes::AUTO_RELEASE], &request).await
    }

    pub(crate) async fn apply_branch_restriction(
        &self,
        branch_regex: &str,
        env: &str,
    ) -> Result<BranchRestrictionBody, ClientError> {
        let (committer_name, committer_email) = self.caller();
        let request = ApplyBranchRestrictionRequest {
            service: self.service.clone(),
            environment: env.to_owned(),
            branch_regex: branch_regex.to_owned(),
            committer_name,
            committer_email,
        };
        self.client.call(Method::PATCH, &[routes::BRANCH_RESTRICTION], &request).await
    }

    pub(crate) async fn delete_policies(
        &self,
        ids: &[String],
    ) -> Result<DeletePoliciesResponse, ClientError> {
        let (committer_name, committer_email) = self.caller();
        let request = DeletePoliciesRequest {
            service: self.service.clone(),
            policy_ids: ids.to_vec(),
            committer_name,
            committer_email,
        };
        self.client.call(Method::DELETE, &[routes::POLICIES], &request).await
    }

    /// Name and address for the body, which the server reads only when the token names nobody.
    fn caller(&self) -> (String, String) {
        let person = if self.token_names_a_person { None } else { identity::of_git() };
        let person = person.unwrap_or_else(Person::default);
        (person.name().to_owned(), person.email().to_owned())
    }
}

fn status_of(error: &ClientError) -> Option<u16> {
    match error {
        ClientError::Refused { body, .. } => Some(body.status),
        ClientError::Foreign { status, .. } => Some(*status),
        ClientError::BadAddress { .. } | ClientError::Unreachable { .. } | ClientError::TimedOut { .. } => {
            None
        }
    }
}
