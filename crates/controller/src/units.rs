//! The units as JSON: what `GET /units` answers.

use reconcile::{ObjectReport, Problem, Snapshot, UnitReport};
use serde::Serialize;

/// All units and what they have come to.
#[derive(Debug, Serialize)]
pub struct Units {
    /// The commit that is enforced; empty before the first.
    pub revision: String,
    /// Why the cluster is not reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disconnected: Option<String>,
    /// The units, by name.
    pub units: Vec<Unit>,
}

/// One unit.
#[derive(Debug, Serialize)]
pub struct Unit {
    /// Its folder.
    pub unit: String,
    /// The commit that brought its files.
    pub commit: String,
    /// The hash of its folder; none while it is being removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// `pending`, `applying`, `progressing`, `healthy`, `failing` or `held`.
    pub state: &'static str,
    /// All problems on one line.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// What is wrong, or what it waits for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<UnitProblem>,
    /// Its objects.
    pub objects: Vec<Object>,
}

/// Something that is wrong.
#[derive(Debug, Serialize)]
pub struct UnitProblem {
    /// The file, relative to the unit's folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// What.
    pub message: String,
}

/// One object.
#[derive(Debug, Serialize)]
pub struct Object {
    /// Its API group; empty for the core group.
    pub group: String,
    /// Its kind.
    pub kind: String,
    /// Its namespace, if it has one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// What it has come to, in a few words.
    pub state: String,
}

impl From<Snapshot> for Units {
    fn from(snapshot: Snapshot) -> Self {
        Self {
            revision: snapshot.revision,
            disconnected: snapshot.disconnected,
            units: snapshot.units.into_iter().map(Unit::from).collect(),
        }
    }
}

impl From<UnitReport> for Unit {
    fn from(report: UnitReport) -> Self {
        Self {
            message: report.message(),
            unit: report.unit.to_string(),
            commit: report.revision,
            version: report.version.map(|version| version.to_string()),
            state: report.state.as_str(),
            problems: report.problems.into_iter().map(UnitProblem::from).collect(),
            objects: report.objects.into_iter().map(Object::from).collect(),
        }
    }
}

impl From<Problem> for UnitProblem {
    fn from(problem: Problem) -> Self {
        let (file, line) = problem.place.map(|place| (place.file.into(), place.line)).unzip();
        Self { file, line, message: problem.message }
    }
}

impl From<ObjectReport> for Object {
    fn from(report: ObjectReport) -> Self {
        let object = report.object;
        Self {
            group: object.kind.group.into(),
            kind: object.kind.kind.into(),
            namespace: object.namespace.into(),
            name: object.name.into(),
            state: report.state,
        }
    }
}
