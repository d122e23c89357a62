//! What CI uploads.

use artifact_store::{Limits, read_zip};
use bytes::Bytes;

/// `artifact.json`: what is accepted is written and read again as the same, and what is read strictly is read
/// leniently too.
///
/// # Panics
/// When it is not.
pub fn artifact_json(bytes: &[u8]) {
    let lenient = artifact::decode_leniently(bytes);
    let Ok(spec) = artifact::decode(bytes) else { return };
    assert_eq!(lenient.expect("what is read strictly is read leniently"), spec);
    let written = spec.to_file().expect("a spec can be written");
    assert_eq!(artifact::decode(&written).expect("what was written can be read"), spec);
}

/// The zip of an artifact, with limits a fuzzer can reach: whatever comes out lies below its environment's folder.
///
/// # Panics
/// When something does not, or is larger than allowed.
pub fn zip(bytes: &[u8]) {
    const LIMITS: Limits =
        Limits { entries: 64, zip_bytes: 1 << 20, file_bytes: 1 << 16, total_bytes: 1 << 18 };
    let (service, id) = (
        "billing".parse().expect("a plain word is a service"),
        "master-1".parse().expect("a plain word is an id"),
    );
    let Ok(artifact) = read_zip(&Bytes::copy_from_slice(bytes), &service, &id, &LIMITS) else { return };
    let mut total = 0;
    for environment in artifact.environments() {
        assert!(!environment.contains('/') && environment != "..", "the folder {environment:?}");
        for file in artifact.files(environment).unwrap_or_default() {
            let mut parts = file.path.split('/');
            assert!(
                parts.all(|part| !matches!(part, "" | "." | "..") && !part.contains('\\')),
                "the file {:?}",
                file.path
            );
            total += file.bytes.len() as u64;
        }
    }
    assert!(total <= LIMITS.total_bytes, "{total} bytes were unpacked");
}
