//! From names and files to an artifact, wherever they come from.

use std::collections::{BTreeMap, HashMap};

use artifact::{ArtifactId, ServiceName};
use bytes::Bytes;

use super::ReadError;
use super::entry_name::EntryName;
use crate::{Artifact, ArtifactFile};

/// The name of the spec, fixed by the original.
pub(super) const SPEC: &str = "artifact.json";

/// Refuses names of which two could be taken for the same file.
pub(super) fn refuse_clashes<'a>(
    names: impl Iterator<Item = &'a EntryName> + Clone,
) -> Result<(), ReadError> {
    let mut seen: HashMap<String, String> = HashMap::new();
    for name in names.clone().filter(|name| !name.is_directory()) {
        if let Some(other) = seen.insert(name.folded(), name.shown()) {
            return Err(ReadError::Clash { name: name.shown(), other });
        }
    }
    for name in names {
        if let Some(file) = name.folded_parents().find_map(|parent| seen.get(&parent)) {
            return Err(ReadError::Clash { name: name.shown(), other: file.clone() });
        }
    }
    Ok(())
}

/// The files of an artifact, as they are found.
#[derive(Default)]
pub(super) struct Layout {
    spec: Option<Bytes>,
    folders: BTreeMap<String, Vec<ArtifactFile>>,
}

impl Layout {
    /// Whether the file is part of an artifact. Other files in the root are CI's own, such as its Slack message.
    pub(super) fn wants(name: &EntryName) -> bool {
        !name.is_directory() && !matches!(name.split(), (None, other) if other != SPEC)
    }

    pub(super) fn add(&mut self, name: &EntryName, bytes: Bytes, executable: bool) {
        match name.split() {
            (None, SPEC) => self.spec = Some(bytes),
            (None, _) => {}
            (Some(folder), path) => {
                let file = ArtifactFile { path: path.to_owned(), bytes, executable };
                self.folders.entry(folder.to_owned()).or_default().push(file);
            }
        }
    }

    /// The artifact, if its spec is that of `service` and `id`.
    pub(super) fn finish(mut self, service: &ServiceName, id: &ArtifactId) -> Result<Artifact, ReadError> {
        for files in self.folders.values_mut() {
            files.sort_by(|a, b| a.path.cmp(&b.path));
        }
        let spec_bytes = self.spec.ok_or(ReadError::NoSpec)?;
        let spec = artifact::decode(&spec_bytes).map_err(ReadError::BrokenSpec)?;
        if spec.service != service.as_str() || spec.id != id.as_str() {
            return Err(ReadError::OtherArtifact { service: spec.service, id: spec.id });
        }
        Ok(Artifact::new(spec, spec_bytes, self.folders))
    }
}
