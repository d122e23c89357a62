//! What would become of a release: the gate's answer on the facts of now, with nothing done.

use api::{Decision, DryRunReason, DryRunResponse, ReleaseRequest};
use axum::extract::State;
use config_repo::Foretold;

use super::Failure;
use super::answer::Json;
use super::body::Body;
use super::caller::Hamctl;
use super::releases::asked;
use crate::app::App;
use crate::release::manifests;

pub(crate) async fn dry_run(
    State(app): State<App>,
    caller: Hamctl,
    Body(request): Body<ReleaseRequest>,
) -> Result<Json<DryRunResponse>, Failure> {
    let (release, artifact) = asked(&app, &request, &caller).await?;
    let manifests = manifests(&artifact, &release.environment).map_err(Failure::of)?;
    let preview = app.reader.preview(&release, &manifests, &app.globals)?;
    let (decision, reasons) = match preview.foretold {
        Foretold::Approved => (Decision::Approved, Vec::new()),
        Foretold::AlreadyThere => (Decision::Unchanged, Vec::new()),
        Foretold::Denied(denied) => (Decision::Denied, denied.reasons),
    };
    let reasons = reasons
        .iter()
        .map(|reason| DryRunReason { message: reason.to_string(), hint: reason.next_step().into_owned() });
    Ok(Json::ok(DryRunResponse {
        service: release.service.to_string(),
        environment: release.environment.to_string(),
        artifact_id: release.artifact.to_string(),
        decision,
        running: preview.current.map(|id| id.to_string()).unwrap_or_default(),
        reasons: reasons.collect(),
        commit: preview.commit.map(|id| id.to_string()).unwrap_or_default(),
    }))
}
