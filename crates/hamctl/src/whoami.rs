//! `hamctl whoami`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::args::GlobalArgs;
use crate::credentials;
use crate::error::CommandError;
use crate::output::Output;
use crate::settings::Target;

/// What a token says about its bearer. We do not verify it: the server does.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Claims {
    pub(crate) sub: String,
    pub(crate) exp: Option<i64>,
    /// Scopes with blanks between, as most providers write them; some write a list as `scp`.
    pub(crate) scope: Option<String>,
    pub(crate) scp: Vec<String>,
}

/// The answer for programs.
#[derive(Debug, Serialize)]
struct Identity {
    /// Whom the server takes us for; empty for a static token, which names nobody.
    subject: String,
    /// Where the token comes from.
    origin: String,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<Timestamp>,
}

pub(crate) async fn show(global: &GlobalArgs, target: &Target, output: &Output) -> Result<(), CommandError> {
    let credentials = credentials::obtain(global, target, &output.terminal).await?;
    let claims = claims(&credentials.token).unwrap_or_default();
    let identity = Identity {
        subject: claims.sub,
        origin: credentials.origin.to_string(),
        expires: claims.exp.and_then(|seconds| Timestamp::from_second(seconds).ok()),
    };
    output.answer(&identity, text)
}

fn text(identity: &Identity) -> String {
    let Identity { subject, origin, expires } = identity;
    let name = if subject.is_empty() { "nobody by name: a static token" } else { subject };
    match expires {
        Some(expires) => format!("{name}\ntoken from {origin}, valid until {expires}\n"),
        None => format!("{name}\ntoken from {origin}\n"),
    }
}

/// Whom a token names.
pub(crate) fn subject(token: &SecretString) -> Option<String> {
    claims(token).map(|claims| claims.sub).filter(|subject| !subject.is_empty())
}

pub(crate) fn claims(token: &SecretString) -> Option<Claims> {
    let mut parts = token.expose_secret().split('.');
    let (_header, payload, _signature) = (parts.next()?, parts.next()?, parts.next()?);
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}
