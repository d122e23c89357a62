//! From an arrival to the releases that policies ask for.

use artifact::{ArtifactId, ArtifactSpec, EnvName, Intent, ReleaseId, ServiceName};
use artifact_store::StoreError;
use config_repo::ReadError;
use explain::{Explain, Kind, Report};
use policy::Release;
use queue::{QueueError, Taken};
use tracing::{info, info_span, warn};

use super::Arrived;
use crate::app::App;
use crate::release::ReleaseItem;

/// Tries to find an artifact that was announced: a store may show an object a moment after it told of it.
const MOST_TRIES: u32 = 8;

/// One arrival.
pub(crate) async fn work(app: App, taken: Taken) -> Result<(), QueueError> {
    let Ok(Arrived { service, artifact_id, asked }) = serde_json::from_slice(&taken.item().payload) else {
        return taken.give_up("it cannot be read".to_owned(), Vec::new()).await.map(drop);
    };
    let span = info_span!("arrival", item = taken.item().id.number(), request_id = asked.request_id());
    asked.work(span, arrived(app, taken, service, artifact_id)).await
}

async fn arrived(
    app: App,
    taken: Taken,
    service: ServiceName,
    artifact_id: ArtifactId,
) -> Result<(), QueueError> {
    let artifact = match app.store.artifact(&service, &artifact_id).await {
        Ok(artifact) => artifact,
        Err(error) => return unread(taken, &error).await,
    };
    let spec = artifact.spec();
    match wanted(&app, &service, &artifact_id, spec) {
        Ok(environments) => {
            let releases = environments.into_iter().map(|environment| Release {
                id: ReleaseId::new(uuid::Uuid::now_v7()),
                service: service.clone(),
                environment,
                artifact: artifact_id.clone(),
                intent: Intent::AutoRelease,
                actor: spec.application.author(),
            });
            let mut rows = Vec::new();
            for release in releases {
                info!(%service, env = %release.environment, artifact = %artifact_id, "auto-release accepted");
                rows.extend(app.notifier.auto_release_accepted(&release, spec));
                rows.push(ReleaseItem::from(&release).row());
            }
            taken.finish(rows).await.map(drop)
        }
        Err(error) if error.kind().retry_helps() => {
            taken.retry_later(explain::chain(&error).join(": ")).await
        }
        Err(error) => {
            let reason = Report::new(&error).line();
            warn!(%service, artifact = %artifact_id, reason, "policies cannot be read; the arrival is kept as dead");
            taken.give_up(reason, app.notifier.policies_unread(spec)).await.map(drop)
        }
    }
}

async fn unread(taken: Taken, error: &StoreError) -> Result<(), QueueError> {
    let reason = Report::new(error).line();
    let may_come = error.kind() == Kind::NotFound && taken.item().attempts < MOST_TRIES;
    if may_come || error.kind().retry_helps() {
        return taken.retry_later(reason).await;
    }
    warn!(reason, "an artifact that arrived cannot be used; the arrival is kept as dead");
    taken.give_up(reason, Vec::new()).await.map(drop)
}

/// Where policies want it. Where it was before it does not go again: the same arrival may be told twice, and the
/// second time a newer artifact may run there.
fn wanted(
    app: &App,
    service: &ServiceName,
    id: &ArtifactId,
    spec: &ArtifactSpec,
) -> Result<Vec<EnvName>, ReadError> {
    let file = app.reader.policies(service)?;
    let ran = app.reader.ran(id)?;
    Ok(file
        .auto_releases
        .into_iter()
        .filter(|policy| policy.branch.as_str() == spec.application.branch)
        .map(|policy| policy.environment)
        .filter(|environment| {
            !ran.iter().any(|landed| {
                landed.record.environment == environment.as_str()
                    && landed.record.service.eq_ignore_ascii_case(service.as_str())
            })
        })
        .collect())
}
