//! Releases and artifacts in full (spec, section 2.8).

use api::{DescribeArtifactsResponse, DescribeReleaseResponse, DescribedRelease, IntentBody};
use artifact::{BranchName, EnvName, ServiceName, WireTime};
use axum::extract::State;
use explain::Kind;

use super::Failure;
use super::answer::Json;
use super::caller::Hamctl;
use super::path::Path;
use super::query::Query;
use crate::app::App;
use crate::rollouts::Place;

/// Rows of one answer: far more than a person reads, few enough to hold.
const MAX_COUNT: usize = 1000;

pub(crate) async fn releases(
    State(app): State<App>,
    Hamctl(_): Hamctl,
    Path((service, environment)): Path<(String, String)>,
    query: Query,
) -> Result<Json<DescribeReleaseResponse>, Failure> {
    let count = query.count()?.min(MAX_COUNT);
    let (service, environment): (ServiceName, EnvName) = (service.parse()?, environment.parse()?);
    let mut releases = Vec::new();
    for (index, landed) in app.reader.releases(&environment, &service, count)?.into_iter().enumerate() {
        let Some(bytes) = app.reader.spec_bytes(&landed)? else {
            return Err(Failure::invalid(
                format!(
                    "no release of service '{service}' available in environment '{environment}'. Are you missing a namespace?"
                ),
                format!(
                    "look at commit {} of the config repository: it holds no artifact.json",
                    landed.commit
                ),
            ));
        };
        let artifact = artifact::decode_leniently(&bytes)?;
        let rollout = (index == 0)
            .then(|| {
                let namespace = if artifact.namespace.is_empty() {
                    &environment.to_string()
                } else {
                    &artifact.namespace
                };
                app.rollout(&Place {
                    environment: environment.to_string(),
                    namespace: namespace.clone(),
                    service: service.to_string(),
                    artifact: artifact.id.clone(),
                })
            })
            .flatten();
        releases.push(DescribedRelease {
            release_index: index,
            artifact,
            released_at: WireTime::with_offset(landed.at.timestamp(), landed.at.offset().seconds()),
            released_by_email: landed.record.released_by.email().to_owned(),
            released_by_name: landed.record.released_by.name().to_owned(),
            intent: IntentBody::from(&landed.record.intent),
            release_commit: landed.commit.to_string(),
            id: landed.record.release_id.map(|id| id.to_string()).unwrap_or_default(),
            rollout,
        });
    }
    Ok(Json::ok(DescribeReleaseResponse {
        service: service.to_string(),
        environment: environment.to_string(),
        releases,
    }))
}

pub(crate) async fn artifacts(
    State(app): State<App>,
    Hamctl(_): Hamctl,
    Path(service): Path<String>,
    query: Query,
) -> Result<Json<DescribeArtifactsResponse>, Failure> {
    let count = query.count()?.min(MAX_COUNT);
    let service: ServiceName = service.parse()?;
    let branch: Option<BranchName> = query.given("branch").map(str::parse).transpose()?;
    let artifacts = app.store.newest(&service, branch.as_ref(), count).await?;
    Ok(Json::ok(DescribeArtifactsResponse { service: service.to_string(), artifacts }))
}

pub(crate) async fn latest_artifact(
    State(app): State<App>,
    Hamctl(_): Hamctl,
    Path(service): Path<String>,
    query: Query,
) -> Result<Json<DescribeArtifactsResponse>, Failure> {
    let service: ServiceName = service.parse()?;
    let Some(branch) = query.given("branch") else {
        return Err(Failure::invalid("field branch required but was empty", "add ?branch=... to the path"));
    };
    let branch: BranchName = branch.parse()?;
    let artifacts = app.store.newest(&service, Some(&branch), 1).await?;
    if artifacts.is_empty() {
        let message = format!("no artifacts available for service '{service}' and branch '{branch}'.");
        let hint = format!("see which artifacts there are: hamctl describe artifact --service {service}");
        return Err(Failure::new(Kind::NotFound, message, hint).with_status(400));
    }
    Ok(Json::ok(DescribeArtifactsResponse { service: service.to_string(), artifacts }))
}
