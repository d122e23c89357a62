//! Putting the zip where the release manager said.

use std::borrow::Cow;
use std::io;
use std::time::Duration;

use explain::{Explain, Kind};
use reqwest::StatusCode;
use reqwest::header::{CONTENT_LENGTH, LOCATION};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::package::Package;
use super::retry::Retry;
use crate::http::{self, Lost};

/// An upload link is valid for 15 minutes; a single attempt must leave time for another.
const PATIENCE: Duration = Duration::from_secs(300);
/// How often a store may send an upload elsewhere.
const MOST_MOVES: usize = 5;
/// How much of a refusal is read.
const REASON_BYTES: usize = 4096;

/// Why the zip is not in the store. The link is a secret: no message holds it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UploadError {
    #[error("the artifact store could not be reached")]
    Unreachable(#[source] Lost),
    #[error("the artifact store refused the upload: {reason}")]
    Refused { status: u16, reason: String },
    #[error("the release manager's answer holds no link to upload to")]
    NoLink,
    #[error("the artifact store sends the upload from one place to the next without end")]
    Astray,
    #[error("cannot read the packed artifact")]
    Read(#[source] io::Error),
}

impl Explain for UploadError {
    fn kind(&self) -> Kind {
        match self {
            Self::Unreachable(_) | Self::NoLink | Self::Astray => Kind::Unavailable,
            Self::Refused { status, .. } if *status >= 500 || *status == 429 => Kind::Unavailable,
            Self::Refused { status: 401 | 403, .. } => Kind::Denied,
            Self::Refused { status: 409, .. } => Kind::Conflict,
            Self::Refused { .. } => Kind::Invalid,
            Self::Read(_) => Kind::Failed,
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Unreachable(_) => "check that this CI job can reach the artifact store".into(),
            Self::Refused { status: 409, .. } => {
                "give each build an id of its own with `artifact init`".into()
            }
            Self::Refused { status: 401 | 403, .. } => {
                "run it again for a fresh upload link; check the clocks of the server and the store".into()
            }
            Self::Refused { status: 413, .. } => {
                "leave out of the folder what no environment needs, or let the store take more".into()
            }
            Self::NoLink => "check ARTIFACT_URL, and that the server there is a release manager".into(),
            Self::Astray => "give it to who runs the server".into(),
            Self::Refused { .. } => "run it again; give the reason to who runs the server".into(),
            Self::Read(_) => "run it again".into(),
        }
    }
}

/// Uploads the zip, from the start again when that fails on the way. The link works for whoever has it.
pub(super) async fn put(link: SecretString, package: &Package, retry: Retry<'_>) -> Result<(), UploadError> {
    let link = target(link.expose_secret()).ok_or(UploadError::NoLink)?;
    let http = http::client(link.as_str(), PATIENCE).map_err(unreachable)?;
    retry.until_done(|| attempt(&http, &link, package)).await
}

/// Where an upload can go.
fn target(link: &str) -> Option<Url> {
    Url::parse(link).ok().filter(|link| matches!(link.scheme(), "http" | "https"))
}

/// Puts it there, or where the store sends it: S3 does so for a new bucket, until its name is known everywhere.
async fn attempt(http: &reqwest::Client, link: &Url, package: &Package) -> Result<(), UploadError> {
    let mut link = link.clone();
    for _ in 0..MOST_MOVES {
        match once(http, &link, package).await? {
            Ok(()) => return Ok(()),
            Err(moved) => link = moved,
        }
    }
    Err(UploadError::Astray)
}

/// One request; the inner error is where it has to go instead.
async fn once(http: &reqwest::Client, link: &Url, package: &Package) -> Result<Result<(), Url>, UploadError> {
    let file = tokio::fs::File::from_std(package.reader().map_err(UploadError::Read)?);
    let request = http
        .put(link.clone())
        .header("Content-MD5", &package.md5)
        // A store of the S3 kind takes no chunked bodies.
        .header(CONTENT_LENGTH, package.size)
        .body(file);
    let response = request.send().await.map_err(unreachable)?;
    let status = response.status();
    if status.is_success() {
        return Ok(Ok(()));
    }
    if matches!(status, StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT) {
        let moved = response.headers().get(LOCATION).and_then(|to| link.join(to.to_str().ok()?).ok());
        // What was asked for under TLS is not sent without.
        if let Some(moved) = moved.filter(|moved| moved.scheme() == link.scheme()) {
            return Ok(Err(moved));
        }
    }
    let body = response.bytes().await.unwrap_or_default();
    let text = String::from_utf8_lossy(&body[..body.len().min(REASON_BYTES)]);
    Err(UploadError::Refused { status: status.as_u16(), reason: reason(status.as_u16(), &text) })
}

fn unreachable(source: reqwest::Error) -> UploadError {
    UploadError::Unreachable(source.into())
}

/// What the answer says: S3's code and message, our own message, or the status alone.
fn reason(status: u16, body: &str) -> String {
    let element = |name: &str| {
        let (_, rest) = body.split_once(&format!("<{name}>"))?;
        rest.split_once(&format!("</{name}>")).map(|(text, _)| text)
    };
    let said = match (element("Code"), element("Message")) {
        (Some(code), Some(message)) => Some(format!("{code}: {message}")),
        (Some(code), None) => Some(code.to_owned()),
        (None, _) => api::decode::<api::ErrorBody>(body.as_bytes()).ok().map(|body| body.message),
    };
    match said.filter(|said| !said.is_empty()) {
        Some(said) => format!("status {status}, {said}"),
        None => format!("status {status}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_is_read_from_either_store() {
        let s3 = "<?xml version=\"1.0\"?><Error><Code>BadDigest</Code><Message>The Content-MD5 differs.</Message></Error>";
        assert_eq!(reason(400, s3), "status 400, BadDigest: The Content-MD5 differs.");
        assert_eq!(reason(409, r#"{"status":409,"message":"it exists"}"#), "status 409, it exists");
        assert_eq!(reason(502, "<html>"), "status 502");
    }
}
