//! Artifacts for tests.

use std::io::{Cursor, Write};

use artifact::{ArtifactSpec, Repository};
use artifact_store::{ArtifactStore, Limits, SpecIndex};
use bytes::Bytes;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The zip of an artifact of `service` from `branch`, with one manifest for dev.
pub(crate) fn zip(service: &str, id: &str, branch: &str) -> Bytes {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in [
        ("artifact.json", spec(service, id, branch)),
        ("dev/deployment.yaml", b"kind: Deployment\n".to_vec()),
    ] {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(&content).unwrap();
    }
    writer.finish().unwrap().into_inner().into()
}

/// `artifact.json` of an artifact of `service` from `branch`.
pub(crate) fn spec(service: &str, id: &str, branch: &str) -> Vec<u8> {
    let spec = ArtifactSpec {
        id: id.to_owned(),
        service: service.to_owned(),
        application: Repository { branch: branch.to_owned(), ..Repository::default() },
        ..ArtifactSpec::default()
    };
    spec.to_file().unwrap()
}

/// A store in a folder, with its index beside it.
pub(crate) fn local(folder: &std::path::Path) -> ArtifactStore {
    let index = SpecIndex::open(&folder.join("index.redb")).unwrap();
    ArtifactStore::local(&folder.join("artifacts"), index, Limits::default()).unwrap()
}

/// Keeps an artifact.
pub(crate) async fn put(store: &ArtifactStore, service: &str, id: &str, branch: &str) {
    let zip = zip(service, id, branch);
    store.put(&service.parse().unwrap(), &id.parse().unwrap(), zip).await.unwrap();
}
