//! What somebody has written into the config repository.

use config_repo::Record;
use policy::PolicyFile;

/// A commit message: a release that is found has all of its parts.
///
/// # Panics
/// When a part is missing.
pub fn commit_message(bytes: &[u8]) {
    let message = String::from_utf8_lossy(bytes);
    if let Some(record) = Record::read(&message) {
        assert!(![record.environment, record.service, record.artifact].iter().any(String::is_empty));
    }
}

/// `policies/billing.json`: what is accepted is written and read again as the same.
///
/// # Panics
/// When it is not.
pub fn policies(bytes: &[u8]) {
    let service = "billing".parse().expect("a plain word is a service");
    let Ok(file) = PolicyFile::decode(&service, bytes) else { return };
    let written = file.encode().expect("policies can be written");
    assert_eq!(PolicyFile::decode(&service, &written).expect("what was written can be read"), file);
}
