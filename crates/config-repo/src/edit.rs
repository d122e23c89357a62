//! From an approved change to the files it changes. Pure; the gate's proof is the only way in.

use artifact::{ArtifactSpec, EnvName, NameError, Namespace};
use git_mirror::{Change, TreePath};
use policy::{Approved, PolicyChange, PolicyFile, Release};

use crate::{kustomization, layout};

/// What an artifact holds for one environment.
#[derive(Clone, Debug)]
pub struct Manifests {
    /// The artifact's spec.
    pub spec: ArtifactSpec,
    /// The spec's bytes as CI wrote them, which are what is stored.
    pub spec_bytes: Vec<u8>,
    /// The environments the artifact has folders for.
    pub rendered: Vec<String>,
    /// The files of the environment's folder.
    pub files: Vec<Manifest>,
}

/// One file of an artifact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// Its path below the environment's folder.
    pub path: TreePath,
    /// All of its content.
    pub content: Vec<u8>,
    /// Whether its owner may execute it.
    pub executable: bool,
}

/// Where in its environment a release goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement {
    namespace: Box<str>,
    moved_from: Option<Box<str>>,
}

impl Placement {
    /// The namespace is the artifact's own, or the environment's name (spec, section 5.1).
    ///
    /// # Errors
    /// When the artifact's namespace is no name.
    pub fn new(environment: &EnvName, spec: &ArtifactSpec) -> Result<Self, NameError> {
        let namespace = if spec.namespace.is_empty() {
            environment.as_str().into()
        } else {
            spec.namespace.parse::<Namespace>()?.as_str().into()
        };
        Ok(Self { namespace, moved_from: None })
    }

    /// The same, with what an earlier release left in another namespace to be removed.
    #[must_use]
    pub(crate) fn moved_from(self, namespace: Option<&str>) -> Self {
        Self { moved_from: namespace.map(Into::into), ..self }
    }

    /// The namespace.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }
}

/// The edits of a release (spec, section 5.2): its folder is replaced whole, its Kustomization moved to where Flux
/// looks for it, and what an earlier release left in another namespace is removed.
#[must_use]
pub fn release_edits(
    approved: &Approved<Release>,
    manifests: &Manifests,
    placement: &Placement,
) -> Vec<Change> {
    let release = approved.change();
    let (environment, service) = (&release.environment, &release.service);
    let namespace = placement.namespace();
    let folder = layout::release(environment.as_str(), namespace, service.as_str());
    let mut edits = vec![
        Change::Remove { path: folder.clone() },
        Change::Remove { path: layout::cluster(environment, namespace, service) },
    ];
    if let Some(old) = placement.moved_from.as_deref() {
        edits.push(Change::Remove { path: layout::release(environment.as_str(), old, service.as_str()) });
        edits.push(Change::Remove { path: layout::cluster(environment, old, service) });
    }
    let spec = layout::spec(environment.as_str(), namespace, service.as_str());
    let moved = kustomization::find(&manifests.files);
    for (at, file) in manifests.files.iter().enumerate() {
        let path = match moved {
            Some(moved) if moved == at => layout::cluster(environment, namespace, service),
            _ => folder.join_path(&file.path),
        };
        edits.push(Change::Put { path, content: file.content.clone(), executable: file.executable });
    }
    edits.push(Change::Put { path: spec, content: manifests.spec_bytes.clone(), executable: false });
    edits
}

/// The edits of a change of policies: the file as the gate has left it.
///
/// # Errors
/// Never for a file the gate made; the encoder's error is passed on.
pub fn policy_edits(approved: &Approved<PolicyChange>, file: &PolicyFile) -> serde_json::Result<Vec<Change>> {
    let path = layout::policies(&approved.change().service);
    Ok(vec![Change::Put { path, content: file.encode()?, executable: false }])
}
