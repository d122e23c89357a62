//! What became of one accepted release.

use artifact::ReleaseId;
use queue::State;

use super::{RELEASE, ReleaseItem};
use crate::app::App;

/// How it stands with a release.
pub(crate) struct Known {
    pub(crate) service: String,
    pub(crate) environment: String,
    pub(crate) artifact: String,
    /// `landed`, `pending` or `dead`.
    pub(crate) state: &'static str,
    /// Why it is not landed yet, or never will.
    pub(crate) reason: String,
    /// Its commit, once landed.
    pub(crate) commit: String,
}

/// Looks into the repository first, then into the queue; `None` for an id that is in neither: it was never accepted,
/// was refused, or had nothing to do.
pub(crate) async fn look(app: &App, id: ReleaseId) -> Result<Option<Known>, super::super::http::Failure> {
    if let Some(landed) = app.reader.landed(id)? {
        return Ok(Some(Known {
            service: landed.record.service,
            environment: landed.record.environment,
            artifact: landed.record.artifact,
            state: "landed",
            reason: String::new(),
            commit: landed.commit.to_string(),
        }));
    }
    let items = app.queue.items().await?;
    let waiting = items.into_iter().filter(|item| item.kind == RELEASE).find_map(|item| {
        let release = ReleaseItem::read(&item.payload).ok().filter(|release| release.id == id)?;
        Some(Known {
            service: release.service.to_string(),
            environment: release.environment.to_string(),
            artifact: release.artifact.to_string(),
            state: if item.state == State::Dead { "dead" } else { "pending" },
            reason: item.reason,
            commit: String::new(),
        })
    });
    Ok(waiting)
}
