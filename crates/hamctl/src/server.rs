//! What we ask the release manager.

use std::time::Duration;

use api::{
    ApplyAutoReleaseRequest, ApplyBranchRestrictionRequest, AutoReleaseBody, BranchRestrictionBody, Client,
    ClientError, DeletePoliciesRequest, DeletePoliciesResponse, DescribeArtifactsResponse,
    DescribeReleaseResponse, DiffResponse, DryRunResponse, EnvironmentsResponse, EventFilter, EventStream,
    IntentBody, KnownRelease, PoliciesResponse, QueueResponse, ReleaseRequest, ReleaseResponse,
    ReleasesResponse, RetryResponse, ServicesResponse, StatusResponse, routes,
};
use artifact::Person;
use reqwest::Method;

use crate::credentials::Credentials;
use crate::error::CommandError;
use crate::identity;
use crate::known;
use crate::settings::Settings;

/// The release manager, asked about one service.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) client: Client,
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
        let answer: Result<DescribeArtifactsResponse, _> =
            self.client.get(&path, &[("branch", branch)]).await;
        let newest = match answer {
            Ok(answer) => answer.artifacts.into_iter().next().map(|artifact| artifact.id),
            Err(error) => return Err(known::or_unknown(self, None, error.into()).await),
        };
        newest.filter(|id| !id.is_empty()).ok_or_else(|| CommandError::NoArtifact {
            service: self.service.clone(),
            branch: branch.to_owned(),
        })
    }

    /// The environments in their order; `None` when the server is one that does not say.
    pub(crate) async fn environments(&self) -> Result<Option<EnvironmentsResponse>, ClientError> {
        supported(self.client.get(&[routes::ENVIRONMENTS], &[]).await)
    }

    /// The services there are; `None` when the server is one that does not say.
    pub(crate) async fn services(&self) -> Result<Option<ServicesResponse>, ClientError> {
        supported(self.client.services(None).await)
    }

    /// What has landed, newest first; `None` when the server is one that does not say.
    pub(crate) async fn history(
        &self,
        env: Option<&str>,
        limit: usize,
    ) -> Result<Option<ReleasesResponse>, ClientError> {
        supported(self.client.history(&self.service, env, limit).await)
    }

    /// Work that is accepted and not done.
    pub(crate) async fn queue(&self) -> Result<QueueResponse, CommandError> {
        self.supported(self.client.queue().await, "list what waits")
    }

    /// Tries again what was given up.
    pub(crate) async fn retry(&self, item: u64) -> Result<RetryResponse, CommandError> {
        self.supported(self.client.retry(item).await, "try again what was given up")
    }

    /// What happens to the service in an environment, as it happens.
    pub(crate) async fn events(&self, env: &str) -> Result<EventStream, ClientError> {
        let filter = EventFilter {
            service: Some(self.service.clone()),
            environment: Some(env.to_owned()),
            last_event_id: None,
        };
        self.client.events(&filter).await
    }

    /// Asks for a release.
    pub(crate) async fn release(
        &self,
        env: &str,
        artifact_id: &str,
        intent: IntentBody,
    ) -> Result<ReleaseResponse, ClientError> {
        self.client.call(Method::POST, &[routes::RELEASE], &self.request(env, artifact_id, intent)).await
    }

    /// Asks what would become of a release.
    pub(crate) async fn dry_run(
        &self,
        env: &str,
        artifact_id: &str,
        intent: IntentBody,
    ) -> Result<DryRunResponse, CommandError> {
        let request = self.request(env, artifact_id, intent);
        let answer = self.client.call(Method::POST, &[routes::DRY_RUN], &request).await;
        self.supported(answer, "tell what a release would do")
    }

    /// What became of an accepted release; `None` when the server does not know it, or is one that does not say.
    pub(crate) async fn outcome(&self, id: &str) -> Result<Option<KnownRelease>, ClientError> {
        present(self.client.known_release(id).await)
    }

    /// What a release would change in the files.
    pub(crate) async fn diff(&self, env: &str, artifact_id: &str) -> Result<DiffResponse, CommandError> {
        let path = [routes::DIFF, &self.service, env];
        let answer = self.client.get(&path, &[("artifact", artifact_id)]).await;
        self.supported(answer, "tell what a release would change")
    }

    fn request(&self, env: &str, artifact_id: &str, intent: IntentBody) -> ReleaseRequest {
        let (committer_name, committer_email) = self.caller();
        ReleaseRequest {
            service: self.service.clone(),
            environment: env.to_owned(),
            artifact_id: artifact_id.to_owned(),
            committer_name,
            committer_email,
            intent,
        }
    }

    /// An answer of a route that older servers do not have.
    fn supported<T>(&self, answer: Result<T, ClientError>, what: &'static str) -> Result<T, CommandError> {
        supported(answer)?.ok_or_else(|| self.cannot(what))
    }

    /// Says that the server is not one that can do this.
    pub(crate) fn cannot(&self, what: &'static str) -> CommandError {
        CommandError::NotSupported { address: self.client.address(), what }
    }

    /// The policies; `None` when there are none.
    pub(crate) async fn policies(&self) -> Result<Option<PoliciesResponse>, ClientError> {
        present(self.client.get(&[routes::POLICIES], &[("service", &self.service)]).await)
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

/// An answer of a route that the server may not have.
fn supported<T>(answer: Result<T, ClientError>) -> Result<Option<T>, ClientError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if lacks_the_route(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether the server has no such route, as the original says it. Of a thing that it does not have it says more.
pub(crate) fn lacks_the_route(error: &ClientError) -> bool {
    match error {
        ClientError::Refused { body, .. } => body.status == 404 && body.message.trim() == "not found",
        ClientError::Foreign { status, .. } => *status == 405,
        ClientError::BadAddress { .. }
        | ClientError::Unreachable { .. }
        | ClientError::TimedOut { .. }
        | ClientError::Moved { .. } => false,
    }
}

/// What is not there is no failure.
fn present<T>(answer: Result<T, ClientError>) -> Result<Option<T>, ClientError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if matches!(&error, ClientError::Refused { body, .. } if body.status == 404) => Ok(None),
        Err(error) => Err(error),
    }
}
