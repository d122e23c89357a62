//! From the files of a unit to the objects it wants.
//!
//! All or nothing: one file that does not parse, and there is no [`Complete`] state to prune by.

mod manifest;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::name::{Environment, UnitName, Version};
use crate::object::{Manifest, Place};
use crate::problem::Problem;

/// One file of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// The path, relative to the folder of the unit.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A value that nothing is missing from. Only [`render`] and [`removed`] can make one, so nothing is ever deleted
/// because a file could not be read.
#[derive(Clone, Debug)]
pub struct Complete<T>(T);

impl<T> Complete<T> {
    /// The value.
    #[must_use]
    pub fn get(&self) -> &T {
        &self.0
    }
}

/// Everything a unit wants at one version.
#[derive(Clone, Debug, Default)]
pub struct Desired {
    /// The version of its files; `None` when the unit is gone.
    pub version: Option<Version>,
    /// Its objects, in the order of their files.
    pub manifests: Vec<Arc<Manifest>>,
}

/// Why a unit has no complete state, and everything it says, for what must not be deleted meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// All that is wrong, not only the first.
    pub problems: Vec<Problem>,
    /// The text of its files: an object whose name is in here may be wanted.
    pub text: String,
}

/// The state of a unit that the source no longer has: nothing, and that is complete.
#[must_use]
pub fn removed() -> Complete<Desired> {
    Complete(Desired::default())
}

/// Reads all YAML files of a unit, marks the objects as ours, and returns them, or everything that is wrong.
///
/// # Errors
/// When a file is not YAML, an object lacks a kind or name, or the same object is written twice.
pub fn render(
    environment: &Environment,
    unit: &UnitName,
    version: &Version,
    files: &[SourceFile],
) -> Result<Complete<Desired>, Broken> {
    let mut manifests = Vec::new();
    let mut problems = Vec::new();
    for file in files.iter().filter(|file| is_yaml(&file.path)) {
        match manifest::read(environment, unit, file) {
            Ok(found) => manifests.extend(found),
            Err(found) => problems.extend(found),
        }
    }
    problems.extend(repeated(&manifests));
    if problems.is_empty() {
        let manifests = manifests.into_iter().map(Arc::new).collect();
        return Ok(Complete(Desired { version: Some(version.clone()), manifests }));
    }
    let text = files.iter().map(|file| String::from_utf8_lossy(&file.bytes)).collect::<Vec<_>>().join("\n");
    Err(Broken { problems, text })
}

fn is_yaml(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| matches!(extension, "yaml" | "yml"))
}

/// The same object written twice: nobody can say which one is meant.
fn repeated(manifests: &[Manifest]) -> Vec<Problem> {
    let mut first: BTreeMap<_, &Place> = BTreeMap::new();
    let mut problems = Vec::new();
    for manifest in manifests {
        match first.insert((&manifest.kind, &manifest.namespace, &manifest.name), &manifest.place) {
            None => {}
            Some(place) => problems.push(Problem::at(
                manifest.place.clone(),
                format!("{} {} is written a second time, first at {place}", manifest.kind, manifest.name),
            )),
        }
    }
    problems
}
