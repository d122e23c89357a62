//! What somebody has written into the config repository.

use artifact::{Intent, Person, ReleaseId};
use config_repo::Record;
use policy::{PolicyFile, Release};

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

/// The message of a release's commit, its parts one a line: what is written is read back, whatever the names are.
///
/// # Panics
/// When it is not.
pub fn release_message(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.split('\n');
    let mut next = || lines.next().unwrap_or_default();
    let (Ok(environment), Ok(service), Ok(artifact)) = (next().parse(), next().parse(), next().parse())
    else {
        return;
    };
    let intent = match (next(), next()) {
        ("branch", branch) => branch.parse().map(|branch| Intent::ReleaseBranch { branch }),
        ("promote", from) => from.parse().map(|from| Intent::Promote { from }),
        ("rollback", previous) => previous.parse().map(|previous| Intent::Rollback { previous }),
        ("auto", _) => Ok(Intent::AutoRelease),
        _ => Ok(Intent::ReleaseArtifact),
    };
    let Ok(intent) = intent else { return };
    let actor = Person::new(next(), next());
    // The rest with all its lines: a person's name comes from a stranger's commit.
    let rest = lines.collect::<Vec<_>>().join("\n");
    let created_by = Person::new(&rest, "bo@example.test");
    let release =
        Release { id: ReleaseId::from_bytes([7; 16]), service, environment, artifact, intent, actor };
    let record = Record::read(&Record::write(&release, &created_by)).expect("a release is read as one");
    assert_eq!(record.environment, release.environment.as_str());
    assert_eq!(record.service, release.service.as_str());
    assert_eq!(record.artifact, release.artifact.as_str());
    assert_eq!((record.intent, record.created_by), (release.intent, created_by));
    assert_eq!(record.release_id, Some(release.id));
    if release.actor.email().is_empty() {
        assert_eq!(record.released_by.email(), "");
    } else {
        assert_eq!(record.released_by, release.actor);
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
