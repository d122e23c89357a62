//! The environments there are, and who may release to them.

use api::{CallerGroup, EnvironmentRestriction, EnvironmentsResponse, KnownEnvironment};
use artifact::{EnvName, ServiceName};
use axum::extract::State;
use config_repo::Settings;
use policy::BranchRestriction;

use super::Failure;
use super::answer::Json;
use super::caller::Hamctl;
use super::query::Query;
use crate::app::{App, Parts};
use crate::identity::{Group, Identity};

pub(crate) async fn list(
    State(app): State<App>,
    Hamctl(_): Hamctl,
    query: Query,
) -> Result<Json<EnvironmentsResponse>, Failure> {
    let settings = app.reader.settings()?;
    let service: Option<ServiceName> = query.given("service").map(str::parse).transpose()?;
    let own = match &service {
        Some(service) => app.reader.policies(service)?.branch_restrictions,
        None => Vec::new(),
    };
    let environments =
        settings.environments.iter().map(|environment| row(&app, &settings, environment, &own)).collect();
    let caller_groups = Group::ALL.into_iter().map(|group| caller_group(&app.identity, group)).collect();
    Ok(Json::ok(EnvironmentsResponse { environments, caller_groups }))
}

fn row(
    app: &Parts,
    settings: &Settings,
    environment: &EnvName,
    own: &[BranchRestriction],
) -> KnownEnvironment {
    let before = settings.before(environment);
    let in_force = policy::effective(environment, &app.globals, own);
    KnownEnvironment {
        name: environment.to_string(),
        promotes_from: before.map_or_else(|| settings.branch.to_string(), ToString::to_string),
        branch_restrictions: in_force
            .into_iter()
            .map(|one| EnvironmentRestriction { branch_regex: one.pattern.to_owned(), global: one.global })
            .collect(),
        released_by: Group::Hamctl.as_str().to_owned(),
    }
}

fn caller_group(identity: &Identity, group: Group) -> CallerGroup {
    let ways = identity.ways_in(group);
    CallerGroup {
        name: group.as_str().to_owned(),
        static_tokens: ways.tokens,
        provider_tokens: ways.provider,
        scope: ways.scope.unwrap_or_default().to_owned(),
    }
}
