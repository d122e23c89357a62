//! Who calls, as an argument of handlers: a handler that takes one cannot be reached without a token.

use artifact::Person;
use axum::extract::FromRequestParts;
use axum::http::header;
use explain::{Explain, Kind};
use http::request::Parts;

use super::Failure;
use super::body::required;
use crate::app::App;
use crate::identity::{Caller, Group, TokenError};

/// A caller of the hamctl group.
pub(crate) struct Hamctl(pub(crate) Caller);
/// A caller of the artifact group.
pub(crate) struct Ci;
/// A caller of the daemon group.
pub(crate) struct Daemon;

impl Hamctl {
    /// Who changes something. What changes is recorded with the person, so a static token alone is not enough, and a name
    /// that many people have is not either.
    pub(crate) fn actor(&self, name: &str, email: &str) -> Result<Person, Failure> {
        let person = self.0.person(name, email);
        if person.is_unknown() || (self.0.subject().is_none() && person.email().is_empty()) {
            let lines = required(&[("committerEmail", person.email())]);
            let hint = "send committerName and committerEmail (hamctl sends what Git knows: git config --global user.email \
                        you@example.com), or log in: hamctl login";
            return Err(Failure::invalid_input(&lines).with_hint(hint));
        }
        Ok(person)
    }
}

impl FromRequestParts<App> for Hamctl {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        caller(parts, app, Group::Hamctl).await.map(Self)
    }
}

impl FromRequestParts<App> for Ci {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        caller(parts, app, Group::Artifact).await.map(|_| Self)
    }
}

impl FromRequestParts<App> for Daemon {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        caller(parts, app, Group::Daemon).await.map(|_| Self)
    }
}

async fn caller(parts: &Parts, app: &App, group: Group) -> Result<Caller, Failure> {
    let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let caller = app.identity.caller(group, header.unwrap_or_default()).await.map_err(|error| {
        tracing::info!(reason = %error, "a token was refused");
        refused(&error)
    })?;
    if let Some(subject) = caller.subject() {
        tracing::Span::current().record("subject", subject);
    }
    Ok(caller)
}

/// One text for all, so that nobody learns how near a token was; a missing scope is said, since it is proven who asks.
fn refused(error: &TokenError) -> Failure {
    if error.kind() == Kind::Denied {
        return Failure::new(Kind::Denied, error.to_string(), error.next_step());
    }
    Failure::new(
        Kind::Unauthenticated,
        "please provide a valid authentication token",
        "log in with `hamctl login`, or give a valid token",
    )
}
