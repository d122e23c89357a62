//! Where the login is kept.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::LoginError;

/// More than this is no token.
const MAX_BYTES: u64 = 1 << 20;

/// A token this close to its end is not used any more: it could expire on the way.
const MARGIN: SignedDuration = SignedDuration::from_secs(10);

/// `~/.Config/release-manager/token.json`, spelt as the original does, so that both share a login.
#[derive(Clone, Debug)]
pub(crate) struct TokenFile {
    path: PathBuf,
}

/// Its content: an OAuth 2 token as Go writes it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct StoredToken {
    /// What is sent to the server.
    pub access_token: String,
    /// `Bearer`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub token_type: String,
    /// What buys the next one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub refresh_token: String,
    /// When it ends; year 1 for never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expiry: Option<Timestamp>,
    /// Seconds it was good for when it was made; not looked at.
    #[serde(skip_serializing_if = "is_zero")]
    pub expires_in: i64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn is_zero(number: &i64) -> bool {
    *number == 0
}

impl StoredToken {
    /// Whether it can be used now. Go writes year 1 for "does not expire".
    #[must_use]
    pub fn is_good(&self, now: Timestamp) -> bool {
        !self.access_token.is_empty()
            && self.expiry.is_none_or(|expiry| {
                expiry < Timestamp::UNIX_EPOCH || expiry > now.saturating_add(MARGIN).unwrap_or(now)
            })
    }
}

impl TokenFile {
    /// The file of the person who runs us. Each server of the configuration file has a login of its own, so that
    /// none is sent a token that is meant for another.
    pub(crate) fn of_home(profile: Option<&str>) -> Result<Self, LoginError> {
        let home = std::env::var_os("HOME").filter(|home| !home.is_empty()).ok_or(LoginError::NoHome)?;
        let name = match profile {
            Some(profile) => format!("token.{profile}.json"),
            None => "token.json".to_owned(),
        };
        Ok(Self { path: Path::new(&home).join(".Config/release-manager").join(name) })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The stored token; `None` when there is none that can be read.
    pub(crate) fn read(&self) -> Option<StoredToken> {
        let file = fs::File::open(&self.path).ok()?;
        serde_json::from_reader(file.take(MAX_BYTES)).ok()
    }

    /// Stores a token, readable by its owner only, all or nothing.
    pub(crate) fn write(&self, token: &StoredToken) -> Result<(), LoginError> {
        self.try_write(token).map_err(|source| LoginError::Store { path: self.path.clone(), source })
    }

    fn try_write(&self, token: &StoredToken) -> io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let temporary = self.path.with_extension(format!("json.{}", std::process::id()));
        let written = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&temporary)
            .and_then(|mut file| {
                serde_json::to_writer(&mut file, token)?;
                file.write_all(b"\n")?;
                file.sync_all()
            })
            .and_then(|()| fs::rename(&temporary, &self.path));
        if written.is_err() {
            // What matters is the first failure.
            drop(fs::remove_file(&temporary));
        }
        written
    }

    /// Forgets the login; says whether there was one.
    pub(crate) fn remove(&self) -> Result<bool, LoginError> {
        match fs::remove_file(&self.path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(source) => Err(LoginError::Store { path: self.path.clone(), source }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(expiry: Option<&str>) -> StoredToken {
        StoredToken {
            access_token: "a".into(),
            expiry: expiry.map(|text| text.parse().unwrap()),
            ..StoredToken::default()
        }
    }

    #[test]
    fn a_token_is_good_until_shortly_before_its_end() {
        let now: Timestamp = "2026-01-05T10:00:00Z".parse().unwrap();
        for (expiry, good) in [
            (None, true),
            (Some("0001-01-01T00:00:00Z"), true),
            (Some("2026-01-05T11:00:00+01:00"), false),
            (Some("2026-01-05T10:00:09Z"), false),
            (Some("2026-01-05T10:00:11Z"), true),
        ] {
            assert_eq!(token(expiry).is_good(now), good, "{expiry:?}");
        }
    }

    #[test]
    fn the_files_of_the_original_are_read() {
        let text = r#"{"access_token":"eyJ","token_type":"Bearer","refresh_token":"r1","expiry":"2026-01-05T10:00:00.5Z"}"#;
        let token: StoredToken = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&token).unwrap(), text);
    }
}
