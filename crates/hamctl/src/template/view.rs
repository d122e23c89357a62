//! What a template sees.

use std::rc::Rc;

use api::{DescribeArtifactsResponse, DescribeReleaseResponse, DescribedRelease};
use artifact::{ArtifactSpec, WireTime};
use go_template::{List, ListType, Record, Value, time};

use crate::intent;

/// `{Service, Environment, Releases: [...]}`.
pub(crate) fn releases(service: &str, env: &str, answer: &DescribeReleaseResponse) -> Value {
    let releases = answer.releases.iter().map(release).collect();
    record(
        "describe.Releases",
        vec![
            ("Service", service.into()),
            ("Environment", env.into()),
            ("Releases", Value::List(List::new(ListType::Records("describe.Release"), releases))),
        ],
    )
}

fn release(release: &DescribedRelease) -> Value {
    let artifact = &release.artifact;
    let application = &artifact.application;
    record(
        "describe.Release",
        vec![
            ("ArtifactID", text(&artifact.id)),
            ("Namespace", text(&artifact.namespace)),
            ("ArtifactFrom", moment(&artifact.ci.end)),
            ("CommitterName", text(&application.committer_name)),
            ("CommitterEmail", text(&application.committer_email)),
            ("ReleasedAt", moment(&release.released_at)),
            ("ReleasedByName", text(&release.released_by_name)),
            ("ReleasedByEmail", text(&release.released_by_email)),
            ("CommitURL", text(&application.url)),
            ("CommitMessage", text(&application.message)),
            ("Intent", intent::text(&release.intent).into()),
        ],
    )
}

/// `{Service, Artifacts: [...]}`.
pub(crate) fn artifacts(service: &str, answer: &DescribeArtifactsResponse) -> Value {
    let artifacts = answer.artifacts.iter().map(artifact).collect();
    record(
        "describe.Artifacts",
        vec![
            ("Service", service.into()),
            ("Artifacts", Value::List(List::new(ListType::Records("describe.Artifact"), artifacts))),
        ],
    )
}

fn artifact(artifact: &ArtifactSpec) -> Value {
    record(
        "describe.Artifact",
        vec![
            ("ArtifactID", text(&artifact.id)),
            ("ArtifactFrom", moment(&artifact.ci.end)),
            ("CommitMessage", text(&artifact.application.message)),
        ],
    )
}

fn record(type_name: &'static str, fields: Vec<(&'static str, Value)>) -> Value {
    Value::Record(Rc::new(Record::new(type_name, fields)))
}

fn text(text: &str) -> Value {
    Value::text(text)
}

/// Read on the clock it was written with.
fn moment(at: &WireTime) -> Value {
    let instant = at.instant();
    let nanoseconds = u32::try_from(instant.subsec_nanosecond()).unwrap_or(0);
    time(instant.as_second(), nanoseconds, at.offset_seconds())
}
