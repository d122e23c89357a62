//! A new artifact came in: release it where a policy says so (spec, section 7.2).
//!
//! ```text
//! upload to ourselves ---> expect ----+
//! upload to S3 --> SQS --> listen ----+--> newArtifact (queue) --> releases, one a matching policy (queue)
//! upload to S3, no SQS --> expect ----+
//! push to Git -----------> watch -----+
//! ```
//!
//! An upload is expected before it is kept, so that none is forgotten when the server dies in between. The releases are
//! enqueued in the commit that finishes the arrival, so a crash neither loses nor doubles them.

mod auto_release;
mod expect;
mod listen;
mod watch;

pub(crate) use auto_release::work;
pub(crate) use expect::{EXPECT_ARTIFACT, expect, look};
pub(crate) use listen::listen;
pub(crate) use watch::{MOVED_ARTIFACT, refuse, watch};

use artifact::{ArtifactId, ServiceName};
use queue::NewItem;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::asked::Asked;

/// The kind of work in the queue, named as the original's event.
pub(crate) const NEW_ARTIFACT: &str = "newArtifact";

/// Which artifact, in the original's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Arrived {
    service: ServiceName,
    artifact_id: ArtifactId,
    /// For whose request it is done.
    #[serde(default, skip_serializing_if = "Asked::is_nobody")]
    asked: Asked,
}

fn row(kind: &str, service: &ServiceName, id: &ArtifactId) -> NewItem {
    let arrived = Arrived { service: service.clone(), artifact_id: id.clone(), asked: Asked::current() };
    NewItem {
        kind: kind.to_owned(),
        // Of one service in the order in which they came, so that the newest is released last.
        key: if kind == NEW_ARTIFACT { service.to_string() } else { String::new() },
        payload: serde_json::to_vec(&arrived).expect("a struct of texts can be written as JSON"),
    }
}

/// What an artifact that is there leads to, when somebody else has told of it.
pub(crate) fn new_artifact(service: &ServiceName, id: &ArtifactId) -> NewItem {
    row(NEW_ARTIFACT, service, id)
}

/// What an artifact that is there leads to, and that others hear of it.
fn rows(app: &App, service: &ServiceName, id: &ArtifactId) -> Vec<NewItem> {
    app.outbox.new_artifact(service, id).into_iter().chain([new_artifact(service, id)]).collect()
}
