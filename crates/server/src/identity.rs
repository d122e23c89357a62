//! Who calls: by a static token, or by a token of the identity provider.
//!
//! Static tokens open one group of routes and name nobody; the caller says who they are. A provider's token names its
//! subject, and nothing in a body can change that.

mod jwks;
mod jwt;
mod key;
mod static_tokens;

pub(crate) use jwks::Jwks;
pub use jwt::{Claims, JwtRules, TokenError, Unverified};
pub(crate) use static_tokens::StaticTokens;

use artifact::Person;

/// The three groups of routes (spec, section 2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    Hamctl,
    Artifact,
    Daemon,
}

impl Group {
    pub(crate) const ALL: [Self; 3] = [Self::Hamctl, Self::Artifact, Self::Daemon];

    /// The name in the answer of `/environments`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Hamctl => "hamctl",
            Self::Artifact => "artifact",
            Self::Daemon => "daemon",
        }
    }

    /// The scope a provider's token must carry, if any.
    fn scope(self) -> Option<&'static str> {
        match self {
            Self::Hamctl => None,
            Self::Artifact => Some("release_artifact"),
            Self::Daemon => Some("release_daemon"),
        }
    }
}

/// What opens a group of routes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WaysIn {
    /// Static tokens do.
    pub(crate) tokens: bool,
    /// Tokens of the provider do.
    pub(crate) provider: bool,
    /// The scope that such a token has to carry.
    pub(crate) scope: Option<&'static str>,
}

/// A caller who proved who they are, or that they hold a static token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    subject: Option<String>,
}

impl Caller {
    /// The person behind the call: the token's subject, or with a static token whom the body names.
    pub(crate) fn person(&self, name: &str, email: &str) -> Person {
        match &self.subject {
            Some(subject) => Person::from_subject(subject),
            None => Person::new(name, email),
        }
    }

    /// The token's subject, for the log.
    pub(crate) fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }
}

/// Knows the static tokens and the provider's keys.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) tokens: StaticTokens,
    pub(crate) provider: Option<(Jwks, JwtRules)>,
    pub(crate) require_scopes: bool,
}

impl Identity {
    /// How callers of a group prove that they may call.
    pub(crate) fn ways_in(&self, group: Group) -> WaysIn {
        let provider = self.provider.is_some();
        WaysIn {
            tokens: self.tokens.any_of(group),
            provider,
            scope: group.scope().filter(|_| provider && self.require_scopes),
        }
    }

    /// Who sends this `Authorization` header. The prefix `Bearer ` is optional, and in this case only (spec 2.3).
    pub(crate) async fn caller(&self, group: Group, header: &str) -> Result<Caller, TokenError> {
        let token = header.strip_prefix("Bearer ").unwrap_or(header).trim();
        if token.is_empty() {
            return Err(TokenError::Missing);
        }
        if self.tokens.contains(group, token) {
            return Ok(Caller { subject: None });
        }
        let Some((keys, rules)) = &self.provider else { return Err(TokenError::Unknown) };
        let unverified = jwt::Unverified::parse(token.strip_prefix("Bearer").unwrap_or(token).trim())?;
        let key = keys.key(unverified.key_id()).await.ok_or(TokenError::UnknownKey)?;
        let claims = unverified.verify(&key, rules, jiff::Timestamp::now().as_second())?;
        match group.scope() {
            Some(scope) if self.require_scopes && !claims.has_scope(scope) => {
                Err(TokenError::Scope { scope })
            }
            _ => Ok(Caller { subject: Some(claims.subject) }),
        }
    }
}
