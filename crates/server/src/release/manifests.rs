//! From an artifact to what of it goes to one environment.

use artifact::EnvName;
use artifact_store::Artifact;
use config_repo::{Manifest, Manifests};
use explain::{Kind, Report};

/// What an artifact holds for an environment; without a folder for it, no files, which the gate will not let pass.
pub(crate) fn manifests(artifact: &Artifact, environment: &EnvName) -> Result<Manifests, Report> {
    let files = artifact.files(environment.as_str()).unwrap_or_default();
    let files: Result<Vec<Manifest>, git_mirror::InvalidPath> = files
        .iter()
        .map(|file| {
            Ok(Manifest {
                path: file.path.parse()?,
                content: file.bytes.to_vec(),
                executable: file.executable,
            })
        })
        .collect();
    let files = files.map_err(|error| Report {
        kind: Kind::Invalid,
        message: format!("a file of the artifact cannot be in a Git repository: {error}"),
        hint: "rename the file in the service's build".to_owned(),
    })?;
    Ok(Manifests {
        spec: artifact.spec().clone(),
        spec_bytes: artifact.spec_bytes().to_vec(),
        rendered: artifact.environments().map(str::to_owned).collect(),
        files,
    })
}
