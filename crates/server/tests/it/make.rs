//! Artifacts for tests.

use std::io::{Cursor, Write};

use artifact::{ArtifactSpec, Repository};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// What CI says about a build of a service from a branch.
pub(crate) fn spec(service: &str, id: &str, branch: &str) -> ArtifactSpec {
    ArtifactSpec {
        id: id.to_owned(),
        service: service.to_owned(),
        squad: "ledger".to_owned(),
        application: Repository {
            branch: branch.to_owned(),
            author_name: "Bo Lind".to_owned(),
            author_email: "bo@corp.test".to_owned(),
            committer_name: "Ida Holm".to_owned(),
            committer_email: "ida@corp.test".to_owned(),
            message: format!("Build {id}"),
            url: format!("https://git.test/{service}/{id}"),
            name: format!("{service}-service"),
            sha: sha(id),
            provider: "GitHub".to_owned(),
        },
        ..ArtifactSpec::default()
    }
}

/// A commit id of its own for every artifact.
pub(crate) fn sha(id: &str) -> String {
    format!("{:040x}", id.bytes().fold(1_u128, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into())))
}

/// The zip of a build, with a manifest for dev, staging and prod.
pub(crate) fn zip(spec: &ArtifactSpec) -> Vec<u8> {
    let manifest = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {}\ndata:\n  id: {}\n",
        spec.service, spec.id
    );
    zip_with(spec, &manifest)
}

/// The zip of a build, with this manifest for dev, staging and prod.
pub(crate) fn zip_with(spec: &ArtifactSpec, manifest: &str) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let mut add = |name: &str, content: &[u8]| {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    };
    add("artifact.json", &spec.to_file().unwrap());
    for environment in ["dev", "staging", "prod"] {
        add(&format!("{environment}/configmap.yaml"), manifest.as_bytes());
    }
    writer.finish().unwrap().into_inner()
}

/// What a daemon reports of a rollout that went well.
pub(crate) fn deployed() -> api::DeployEvent {
    api::DeployEvent {
        name: "billing".into(),
        namespace: "dev".into(),
        resource_type: "Deployment".into(),
        available_pods: 2,
        replicas: 2,
        artifact_id: "master-1".into(),
        author_email: "bo@corp.test".into(),
        squad: "ledger".into(),
        environment: "dev".into(),
    }
}
