//! Upload addresses of our own: who has one may upload one zip with one MD5, for a while.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use artifact::{ArtifactId, ServiceName};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};

/// How long an address works, as the original's.
const VALID: Duration = Duration::from_secs(15 * 60);

const KEY_BYTES: usize = 32;

/// Signs upload addresses. The key is kept in a file, so that an address survives a restart.
#[derive(Debug)]
pub(crate) struct UploadKey(hmac::Key);

/// The key's file failed.
#[derive(Debug, thiserror::Error)]
#[error("the key for upload addresses in {} cannot be used", path.display())]
pub(crate) struct UploadKeyError {
    path: PathBuf,
    #[source]
    source: std::io::Error,
}

/// Why an address does not open the upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoPermission {
    Forged,
    Late,
}

impl UploadKey {
    /// Reads the key, or makes one.
    pub(crate) fn open(path: &Path) -> Result<Self, UploadKeyError> {
        let failed = |source| UploadKeyError { path: path.to_owned(), source };
        let mut bytes = std::fs::read(path).unwrap_or_default();
        if bytes.len() != KEY_BYTES {
            bytes = vec![0; KEY_BYTES];
            let no_random = |_| failed(std::io::Error::other("the system gives no random numbers"));
            SystemRandom::new().fill(&mut bytes).map_err(no_random)?;
            let mut options = std::fs::OpenOptions::new();
            options.write(true).create(true).truncate(true).mode(0o600);
            let mut file = options.open(path).map_err(failed)?;
            file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(failed)?;
        }
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &bytes)))
    }

    /// The query of an address that works from `now` on.
    pub(crate) fn sign(&self, service: &ServiceName, id: &ArtifactId, md5: &str, now: Timestamp) -> String {
        let expires = now.as_second() + VALID.as_secs().cast_signed();
        let tag = hmac::sign(&self.0, message(service, id, md5, expires).as_bytes());
        format!("expires={expires}&signature={}", BASE64_URL_SAFE_NO_PAD.encode(tag))
    }

    /// Whether an address allows this upload at `now`.
    pub(crate) fn check(
        &self,
        (service, id, md5): (&ServiceName, &ArtifactId, &str),
        expires: &str,
        signature: &str,
        now: Timestamp,
    ) -> Result<(), NoPermission> {
        let expires: i64 = expires.parse().map_err(|_| NoPermission::Forged)?;
        let tag = BASE64_URL_SAFE_NO_PAD.decode(signature).map_err(|_| NoPermission::Forged)?;
        hmac::verify(&self.0, message(service, id, md5, expires).as_bytes(), &tag)
            .map_err(|_| NoPermission::Forged)?;
        if now.as_second() > expires { Err(NoPermission::Late) } else { Ok(()) }
    }
}

/// What is signed; no part can hold the separator.
fn message(service: &ServiceName, id: &ArtifactId, md5: &str, expires: i64) -> String {
    format!("PUT\n{service}\n{id}\n{md5}\n{expires}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_for_one_zip_and_for_a_while() {
        let folder = tempfile::tempdir().unwrap();
        let key = UploadKey::open(&folder.path().join("key")).unwrap();
        let again = UploadKey::open(&folder.path().join("key")).unwrap();
        let (service, id) = ("s".parse().unwrap(), "a-1".parse().unwrap());
        let now = Timestamp::from_second(1_000).unwrap();
        let query = key.sign(&service, &id, "md5", now);
        let (expires, signature) = query.strip_prefix("expires=").unwrap().split_once("&signature=").unwrap();
        let check = |id: &ArtifactId, md5: &str, expires: &str, second: i64| {
            again.check((&service, id, md5), expires, signature, Timestamp::from_second(second).unwrap())
        };
        assert_eq!(check(&id, "md5", expires, 1_900), Ok(()));
        assert_eq!(check(&id, "md5", expires, 1_901), Err(NoPermission::Late));
        assert_eq!(check(&id, "other", expires, 1_000), Err(NoPermission::Forged));
        assert_eq!(check(&"a-2".parse().unwrap(), "md5", expires, 1_000), Err(NoPermission::Forged));
        assert_eq!(check(&id, "md5", "9999999", 1_000), Err(NoPermission::Forged));
    }
}
