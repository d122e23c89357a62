//! Asking for a release, and what became of it (spec, section 2.5).

use std::sync::Arc;

use api::{KnownRelease, ReleaseRequest, ReleaseResponse, ReleasesResponse};
use artifact::{EnvName, Intent, ReleaseId, ServiceName};
use artifact_store::{Artifact, StoreError};
use axum::extract::State;
use explain::{Explain, Kind};
use policy::Release;

use super::Failure;
use super::answer::Json;
use super::body::{Body, required};
use super::caller::Hamctl;
use super::path::Path;
use super::query::Query;
use crate::app::App;
use crate::release::{self, Answer, accept, look};

/// Rows of a history when nobody says how many.
const USUAL_LIMIT: usize = 20;

/// Rows of one answer: far more than a person reads, few enough to hold.
const MAX_LIMIT: usize = 1000;

pub(crate) async fn create(
    State(app): State<App>,
    caller: Hamctl,
    Body(request): Body<ReleaseRequest>,
) -> Result<Json<ReleaseResponse>, Failure> {
    let (release, artifact) = asked(&app, &request, &caller).await?;
    let answer = accept(&app, &release, Arc::new(artifact)).await?;
    answered(&release, answer).map(Json::ok)
}

pub(crate) async fn one(
    State(app): State<App>,
    Hamctl(_): Hamctl,
    Path(id): Path<String>,
) -> Result<Json<KnownRelease>, Failure> {
    let unknown = || {
        let hint = "a release that was refused, or had nothing to do, is kept for a while only";
        Failure::new(Kind::NotFound, format!("no release '{id}' is known"), hint)
    };
    let release_id: ReleaseId = id.parse().map_err(|_| unknown())?;
    look(&app, release_id).await?.map(Json::ok).ok_or_else(unknown)
}

pub(crate) async fn history(
    State(app): State<App>,
    Hamctl(_): Hamctl,
    query: Query,
) -> Result<Json<ReleasesResponse>, Failure> {
    let service: ServiceName = query.required("service")?.parse()?;
    let environment: Option<EnvName> = query.given("environment").map(str::parse).transpose()?;
    let limit = query.number("limit", USUAL_LIMIT)?.min(MAX_LIMIT);
    let releases = release::history(&app, &service, environment.as_ref(), limit)?;
    Ok(Json::ok(ReleasesResponse { service: service.to_string(), releases }))
}

/// The release a request asks for, with its artifact.
pub(super) async fn asked(
    app: &App,
    request: &ReleaseRequest,
    caller: &Hamctl,
) -> Result<(Release, Artifact), Failure> {
    let release = read(request, caller)?;
    let artifact = app.store.artifact(&release.service, &release.artifact).await;
    let artifact = artifact.map_err(|error| no_artifact(error, &release))?;
    Ok((release, artifact))
}

/// The release a request asks for, or all that is wrong with it.
pub(super) fn read(request: &ReleaseRequest, caller: &Hamctl) -> Result<Release, Failure> {
    let mut lines = required(&[("service", &request.service), ("environment", &request.environment)]);
    if request.artifact_id.trim().is_empty() {
        lines.push("required field artifact id is not specified".to_owned());
    }
    if request.intent.type_name.trim().is_empty() {
        lines.push("required intent is not specified".to_owned());
        lines.push("required intent is not valid".to_owned());
    }
    if !lines.is_empty() {
        return Err(Failure::invalid_input(&lines));
    }
    let intent = Intent::try_from(&request.intent)
        .map_err(|error| Failure::invalid(error.to_string(), "correct the intent of the request"))?;
    if intent == Intent::AutoRelease {
        let hint = "ask with the intent ReleaseArtifact, or apply a policy: hamctl policy apply auto-release";
        return Err(Failure::invalid("the intent AutoRelease is that of policies alone", hint));
    }
    Ok(Release {
        id: ReleaseId::new(uuid::Uuid::now_v7()),
        service: request.service.trim().parse()?,
        environment: request.environment.trim().parse()?,
        artifact: request.artifact_id.trim().parse()?,
        intent,
        actor: caller.actor(&request.committer_name, &request.committer_email)?,
    })
}

/// The original's words for an artifact that is not there; its phrase names what was asked for.
pub(super) fn no_artifact(error: StoreError, release: &Release) -> Failure {
    match error {
        StoreError::NotFound { .. } => {
            let phrase = release.intent.phrase(&release.artifact);
            let hint = error.next_step();
            Failure::new(
                Kind::NotFound,
                format!("{phrase} not found for service '{}'", release.service),
                hint,
            )
            .with_status(400)
        }
        other => other.into(),
    }
}

fn answered(release: &Release, answer: Answer) -> Result<ReleaseResponse, Failure> {
    let known = |state: &str, commit: String, status: String| ReleaseResponse {
        service: release.service.to_string(),
        release_id: release.artifact.to_string(),
        status,
        to_environment: release.environment.to_string(),
        tag: release.artifact.to_string(),
        id: release.id.to_string(),
        state: state.to_owned(),
        commit,
    };
    match answer {
        Answer::Landed { commit } => Ok(known("landed", commit, String::new())),
        Answer::Pending { reason } => {
            let status = format!(
                "Release of {} to {} is accepted, and lands when the config repository answers: {reason}",
                release.artifact, release.environment
            );
            Ok(known("pending", String::new(), status))
        }
        Answer::AlreadyThere => Ok(ReleaseResponse {
            service: release.service.to_string(),
            status: format!("Environment '{}' is already up-to-date", release.environment),
            to_environment: release.environment.to_string(),
            state: "unchanged".to_owned(),
            ..ReleaseResponse::default()
        }),
        // The original answers 400 to whatever the gate says.
        Answer::Denied(denied) => Err(Failure::from(denied).with_status(400).with_release(release.id)),
        Answer::Failed(report) => Err(Failure::of(report).with_release(release.id)),
    }
}
