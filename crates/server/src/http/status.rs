//! What runs where (spec, section 2.6).

use api::{EnvironmentStatus, StatusResponse};
use artifact::{ArtifactSpec, Namespace, ServiceName, StageData};
use axum::extract::State;
use config_repo::Running;

use super::Failure;
use super::answer::Json;
use super::caller::Hamctl;
use super::query::Query;
use crate::app::App;
use crate::rollouts::Place;

pub(crate) async fn status(
    State(app): State<App>,
    Hamctl(_): Hamctl,
    query: Query,
) -> Result<Json<StatusResponse>, Failure> {
    let service: ServiceName = query.required("service")?.parse()?;
    let namespace: Option<Namespace> = query.given("namespace").map(str::parse).transpose()?;
    let running = app.reader.status(&service, namespace.as_ref())?;
    let environments = running.into_iter().map(|running| row(&app, &service, running)).collect();
    Ok(Json::ok(StatusResponse { default_namespaces: namespace.is_none(), environments }))
}

fn row(app: &App, service: &ServiceName, running: Running) -> EnvironmentStatus {
    let Running { environment, namespace, spec, .. } = running;
    match spec {
        Ok(spec) => EnvironmentStatus {
            rollout: app.rollout(&Place {
                environment: environment.to_string(),
                namespace,
                service: service.to_string(),
                artifact: spec.id.clone(),
            }),
            ..of_spec(environment.to_string(), &spec)
        },
        // One broken file breaks no other row (spec, section 12.4, number 37).
        Err(error) => EnvironmentStatus {
            name: environment.to_string(),
            problem: explain::chain(&error).join(": "),
            ..EnvironmentStatus::default()
        },
    }
}

fn of_spec(name: String, spec: &ArtifactSpec) -> EnvironmentStatus {
    let found = spec.stages.iter().filter_map(|stage| match &stage.data {
        StageData::SnykCode(code) => Some(&code.vulnerabilities),
        StageData::SnykDocker(docker) => Some(&docker.vulnerabilities),
        StageData::Build(_) | StageData::Push(_) | StageData::Test(_) | StageData::Other { .. } => None,
    });
    let (high, medium, low) = found.fold((0, 0, 0), |(high, medium, low), found| {
        (high + found.high, medium + found.medium, low + found.low)
    });
    EnvironmentStatus {
        name,
        tag: spec.id.clone(),
        committer: spec.application.committer_name.clone(),
        author: spec.application.author_name.clone(),
        message: spec.application.message.clone(),
        date: if spec.ci.end.is_zero() { GO_ZERO_MILLIS } else { spec.ci.end.instant().as_millisecond() },
        build_url: spec.ci.job_url.clone(),
        high_vulnerabilities: high,
        medium_vulnerabilities: medium,
        low_vulnerabilities: low,
        rollout: None,
        problem: String::new(),
    }
}

/// What the original's arithmetic makes of a build that has not ended (spec, section 2.6).
const GO_ZERO_MILLIS: i64 = -6_795_364_578_871;
