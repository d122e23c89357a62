//! `hamctl whoami`.

use api::Client;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use explain::{Explain, Kind};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use terminal::Tone;

use crate::args::GlobalArgs;
use crate::credentials::{self, Credentials};
use crate::error::CommandError;
use crate::output::Output;
use crate::server::lacks_the_route;
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
#[serde(rename_all = "camelCase")]
struct Identity {
    /// Whom the server takes us for; empty for a static token, which names nobody.
    subject: String,
    /// Where the token comes from.
    origin: String,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<Timestamp>,
    /// The server that took the token; none when it could not be asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted_by: Option<String>,
}

pub(crate) async fn show(global: &GlobalArgs, target: &Target, output: &Output) -> Result<(), CommandError> {
    let credentials = credentials::obtain(global, target, &output.terminal).await?;
    let accepted_by = match &target.address {
        Some(address) => ask(address, &credentials, global, output).await?,
        None => None,
    };
    let claims = claims(&credentials.token).unwrap_or_default();
    let identity = Identity {
        subject: claims.sub,
        origin: credentials.origin.to_string(),
        expires: claims.exp.and_then(|seconds| Timestamp::from_second(seconds).ok()),
        accepted_by,
    };
    output.answer(&identity, text)
}

/// The server, if it takes the token; an error when it does not. One that cannot say is told of, and is no reason to
/// fail: what the token says is known without it.
async fn ask(
    address: &str,
    credentials: &Credentials,
    global: &GlobalArgs,
    output: &Output,
) -> Result<Option<String>, CommandError> {
    let token = credentials.token.clone();
    let client = Client::new(address, token, env!("CARGO_PKG_VERSION"), global.http_timeout)?;
    match client.environments(None).await {
        Ok(_) => Ok(Some(client.address())),
        Err(error) if matches!(error.kind(), Kind::Unauthenticated | Kind::Denied) => Err(error.into()),
        Err(error) if lacks_the_route(&error) => Ok(None),
        Err(error) => {
            let warning = output.terminal.talk_toned(Tone::Warn, "warning:");
            output
                .terminal
                .talk(format_args!("{warning} whether the server takes the token is not known: {error}"));
            Ok(None)
        }
    }
}

fn text(identity: &Identity) -> String {
    let Identity { subject, origin, expires, accepted_by } = identity;
    let name = if subject.is_empty() { "nobody by name: a static token" } else { subject };
    let until = expires.map(|expires| format!(", valid until {expires}")).unwrap_or_default();
    let accepted = accepted_by.as_ref().map(|server| format!("accepted by {server}\n")).unwrap_or_default();
    format!("{name}\ntoken from {origin}{until}\n{accepted}")
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
