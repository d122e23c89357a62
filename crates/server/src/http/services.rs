//! The services there are: what the history says last of each, where its files still lie.

use std::collections::{BTreeMap, HashMap};

use api::{KnownService, RolloutState, RunningService, ServicesResponse};
use artifact::{EnvName, ServiceName, WireTime};
use axum::extract::State;
use config_repo::Landed;

use super::Failure;
use super::answer::Json;
use super::caller::Hamctl;
use super::query::Query;
use crate::app::{App, Parts};
use crate::rollouts::Place;

pub(crate) async fn list(
    State(app): State<App>,
    Hamctl(_): Hamctl,
    query: Query,
) -> Result<Json<ServicesResponse>, Failure> {
    let only: Option<EnvName> = query.given("environment").map(str::parse).transpose()?;
    // A thousand services are tens of milliseconds, which others need not wait for.
    let listed = tokio::task::spawn_blocking(move || services(&app, only.as_ref())).await;
    listed.unwrap_or_else(|_| Err(Failure::broken("listing the services")))
}

fn services(app: &Parts, only: Option<&EnvName>) -> Result<Json<ServicesResponse>, Failure> {
    let mut known: HashMap<String, Vec<String>> = HashMap::new();
    for (environment, service) in app.reader.services()? {
        known.entry(environment).or_default().push(service);
    }
    let mut services: BTreeMap<String, KnownService> = BTreeMap::new();
    // In the order in which a change travels.
    let settings = app.reader.settings()?;
    for environment in settings.environments.iter().filter(|one| only.is_none_or(|only| only == *one)) {
        let present = match app.reader.present(environment) {
            // `hamctl status` and whoever asks for this environment alone hear why.
            Err(error) if only.is_none() && error.is_of_one_place() => continue,
            present => present?,
        };
        for service in known.remove(&environment.as_str().to_lowercase()).unwrap_or_default() {
            let (Some(namespace), Ok(name)) = (present.get(&service), service.parse::<ServiceName>()) else {
                continue;
            };
            let Some(landed) = app.reader.releases(environment, &name, 1)?.pop() else { continue };
            let known = services.entry(service).or_default();
            known.name.clone_from(&landed.record.service);
            known.environments.push(running(app, environment, namespace, &landed));
        }
    }
    Ok(Json::ok(ServicesResponse { services: services.into_values().collect() }))
}

fn running(app: &Parts, environment: &EnvName, namespace: &str, landed: &Landed) -> RunningService {
    let record = &landed.record;
    let since = landed.at.timestamp();
    let rollout = app.rollout(&Place {
        environment: environment.to_string(),
        namespace: namespace.to_owned(),
        service: record.service.clone(),
        artifact: record.artifact.clone(),
    });
    RunningService {
        name: environment.to_string(),
        namespace: namespace.to_owned(),
        artifact_id: record.artifact.clone(),
        released_at: WireTime::with_offset(since, landed.at.offset().seconds()),
        released_by_name: record.released_by.name().to_owned(),
        released_by_email: record.released_by.email().to_owned(),
        release_commit: landed.commit.to_string(),
        rollout_state: rollout.map_or(RolloutState::Unknown, |rollout| rollout.state),
    }
}
