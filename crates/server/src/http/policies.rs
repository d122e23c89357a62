//! Policies of a service (spec, section 2.7).

use api::{
    ApplyAutoReleaseRequest, ApplyBranchRestrictionRequest, AutoReleaseBody, BranchRestrictionBody,
    DeletePoliciesRequest, DeletePoliciesResponse, PoliciesResponse,
};
use artifact::{BranchName, EnvName, ServiceName};
use axum::extract::State;
use config_repo::{PolicyOutcome, PolicyRequest, WriteError};
use explain::{Explain, Kind};
use policy::{PolicyChange, PolicyChangeKind};

use super::Failure;
use super::answer::Json;
use super::body::{Body, required};
use super::caller::Hamctl;
use super::query::Query;
use crate::app::App;

pub(crate) async fn list(
    State(app): State<App>,
    Hamctl(_): Hamctl,
    query: Query,
) -> Result<Json<PoliciesResponse>, Failure> {
    let service: ServiceName = query.required("service")?.parse()?;
    let file = app.reader.policies(&service)?;
    let global = app.globals.iter().map(|global| BranchRestrictionBody {
        environment: global.environment.to_string(),
        branch_regex: global.pattern.clone(),
        ..BranchRestrictionBody::default()
    });
    let own = file.branch_restrictions.iter().map(|own| BranchRestrictionBody {
        id: own.id.clone(),
        environment: own.environment.to_string(),
        branch_regex: own.branch_regex.clone(),
        ..BranchRestrictionBody::default()
    });
    let answer = PoliciesResponse {
        service: service.to_string(),
        auto_releases: file
            .auto_releases
            .iter()
            .map(|own| AutoReleaseBody {
                id: own.id.clone(),
                branch: own.branch.to_string(),
                environment: own.environment.to_string(),
                ..AutoReleaseBody::default()
            })
            .collect(),
        branch_restrictions: global.chain(own).collect(),
    };
    if answer.auto_releases.is_empty() && answer.branch_restrictions.is_empty() {
        let hint =
            format!("apply one: hamctl policy apply auto-release --service {service} --branch B --env E");
        return Err(Failure::new(Kind::NotFound, "no policies exist", hint));
    }
    Ok(Json::ok(answer))
}

pub(crate) async fn apply_auto_release(
    State(app): State<App>,
    caller: Hamctl,
    Body(request): Body<ApplyAutoReleaseRequest>,
) -> Result<Json<AutoReleaseBody>, Failure> {
    check(&required(&[
        ("service", &request.service),
        ("branch", &request.branch),
        ("environment", &request.environment),
    ]))?;
    let service: ServiceName = request.service.trim().parse()?;
    let branch: BranchName = request.branch.trim().parse()?;
    let environment: EnvName = request.environment.trim().parse()?;
    let kind =
        PolicyChangeKind::ApplyAutoRelease { branch: branch.clone(), environment: environment.clone() };
    let actor = caller.actor(&request.committer_name, &request.committer_email)?;
    let ids = change(&app, PolicyChange { service: service.clone(), kind, actor }, "apply").await?;
    Ok(Json::created(AutoReleaseBody {
        id: ids.into_iter().next().unwrap_or_default(),
        service: service.to_string(),
        branch: branch.to_string(),
        environment: environment.to_string(),
    }))
}

pub(crate) async fn apply_branch_restriction(
    State(app): State<App>,
    caller: Hamctl,
    Body(request): Body<ApplyBranchRestrictionRequest>,
) -> Result<Json<BranchRestrictionBody>, Failure> {
    check(&required(&[
        ("service", &request.service),
        ("environment", &request.environment),
        ("branch regex", &request.branch_regex),
    ]))?;
    let service: ServiceName = request.service.trim().parse()?;
    let environment: EnvName = request.environment.trim().parse()?;
    let pattern = request.branch_regex.clone();
    let kind = PolicyChangeKind::ApplyBranchRestriction {
        pattern: pattern.clone(),
        environment: environment.clone(),
    };
    let actor = caller.actor(&request.committer_name, &request.committer_email)?;
    let ids = change(&app, PolicyChange { service: service.clone(), kind, actor }, "apply").await?;
    Ok(Json::created(BranchRestrictionBody {
        id: ids.into_iter().next().unwrap_or_default(),
        service: service.to_string(),
        environment: environment.to_string(),
        branch_regex: pattern,
    }))
}

pub(crate) async fn delete(
    State(app): State<App>,
    caller: Hamctl,
    Body(request): Body<DeletePoliciesRequest>,
) -> Result<Json<DeletePoliciesResponse>, Failure> {
    let mut lines = required(&[("service", &request.service)]);
    if !lines.is_empty() {
        // The original says this one too, whoever the caller is.
        lines.push("Required field 'committerEmail' was empty".to_owned());
    }
    let ids: Vec<String> = request.policy_ids.iter().filter(|id| !id.trim().is_empty()).cloned().collect();
    if ids.is_empty() {
        lines.push("no policy ids suplied".to_owned());
    }
    check(&lines)?;
    let service: ServiceName = request.service.trim().parse()?;
    let actor = caller.actor(&request.committer_name, &request.committer_email)?;
    let kind = PolicyChangeKind::Delete { ids };
    let deleted = change(&app, PolicyChange { service: service.clone(), kind, actor }, "delete").await?;
    Ok(Json::ok(DeletePoliciesResponse { service: service.to_string(), count: deleted.len() }))
}

fn check(lines: &[String]) -> Result<(), Failure> {
    if lines.is_empty() { Ok(()) } else { Err(Failure::invalid_input(lines)) }
}

/// Lets the writer decide; the ids that changed, or that are as asked for.
async fn change(app: &App, change: PolicyChange, verb: &str) -> Result<Vec<String>, Failure> {
    let deletes = matches!(change.kind, PolicyChangeKind::Delete { .. });
    match app.writer.change_policies(PolicyRequest { change }).await {
        PolicyOutcome::Landed { ids, .. } => Ok(ids),
        PolicyOutcome::Unchanged { ids } => Ok(if deletes { Vec::new() } else { ids }),
        PolicyOutcome::Denied(denied) => Err(Failure::from(denied).with_status(400)),
        PolicyOutcome::Failed(error) => Err(not_written(&error, verb)),
    }
}

/// The original's words when the repository cannot be written now, and why.
fn not_written(error: &WriteError, verb: &str) -> Failure {
    if error.kind() != Kind::Unavailable {
        return Failure::from(error.clone());
    }
    Failure::new(
        Kind::Unavailable,
        format!("could not {verb} policy right now. Please try again in a moment."),
        format!("{error}; {}", error.next_step()),
    )
}
