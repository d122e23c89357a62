//! An artifact in memory.

use std::collections::BTreeMap;

use artifact::ArtifactSpec;
use bytes::Bytes;

/// What a zip holds, proven safe to be written into a repository.
#[derive(Clone, Debug, PartialEq)]
pub struct Artifact {
    spec: ArtifactSpec,
    spec_bytes: Bytes,
    folders: BTreeMap<String, Vec<ArtifactFile>>,
}

/// One file of an environment's folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArtifactFile {
    /// Where it lies inside the environment's folder: plain components, separated by `/`.
    pub path: String,
    /// Its content.
    pub bytes: Bytes,
    /// Whether it may be run.
    pub executable: bool,
}

impl Artifact {
    pub(crate) fn new(
        spec: ArtifactSpec,
        spec_bytes: Bytes,
        folders: BTreeMap<String, Vec<ArtifactFile>>,
    ) -> Self {
        Self { spec, spec_bytes, folders }
    }

    /// What CI says about it.
    #[must_use]
    pub fn spec(&self) -> &ArtifactSpec {
        &self.spec
    }

    /// `artifact.json` as it lies in the zip, byte for byte.
    #[must_use]
    pub fn spec_bytes(&self) -> &Bytes {
        &self.spec_bytes
    }

    /// The environments it was rendered for: the folders in its root, sorted.
    pub fn environments(&self) -> impl Iterator<Item = &str> {
        self.folders.keys().map(String::as_str)
    }

    /// The files for an environment, sorted by path; `None` when it was not rendered for it.
    #[must_use]
    pub fn files(&self, environment: &str) -> Option<&[ArtifactFile]> {
        self.folders.get(environment).map(Vec::as_slice)
    }
}
