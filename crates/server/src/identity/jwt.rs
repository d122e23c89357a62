//! One token of the identity provider.

use std::borrow::Cow;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use explain::{Explain, Kind};
use serde::Deserialize;

use super::key::Key;

/// What a token has to say.
#[derive(Clone, Debug)]
pub struct JwtRules {
    /// Who has to have made it; an empty one accepts none.
    pub issuer: String,
    /// Empty for "any".
    pub audience: String,
}

/// How far clocks may be apart, in seconds.
const SKEW: i64 = 5;

/// Longer ones are not read.
const MAX_TOKEN_BYTES: usize = 16 << 10;

/// Why a token is not accepted. The caller hears one text for all of them but the last; the log says which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// No token at all.
    #[error("there is no token")]
    Missing,
    /// Not a static one, where there are only those.
    #[error("the token is none of the static ones, and there is no identity provider")]
    Unknown,
    /// No token that can be read.
    #[error("the token is neither a static one nor a JWT")]
    NotAJwt,
    /// Signed with a key that is not known.
    #[error("the token names no key, or one the identity provider does not have")]
    UnknownKey,
    /// Of an algorithm that its key does not have.
    #[error("the token asks for an extension or algorithm that its key does not have")]
    Algorithm,
    /// Not signed with the key it names.
    #[error("the token's signature is wrong")]
    Signature,
    /// Made by somebody else.
    #[error("the token is of another issuer")]
    Issuer,
    /// Made for somebody else.
    #[error("the token is for another audience")]
    Audience,
    /// Of nobody.
    #[error("the token names no subject")]
    Subject,
    /// Not valid now.
    #[error("the token has no end, has ended, or has not begun")]
    Time,
    /// Good, and not for this.
    #[error("the token does not carry the scope {scope}")]
    Scope {
        /// What it would have to carry.
        scope: &'static str,
    },
}

impl Explain for TokenError {
    fn kind(&self) -> Kind {
        match self {
            Self::Scope { .. } => Kind::Denied,
            Self::Missing
            | Self::Unknown
            | Self::NotAJwt
            | Self::UnknownKey
            | Self::Algorithm
            | Self::Signature
            | Self::Issuer
            | Self::Audience
            | Self::Subject
            | Self::Time => Kind::Unauthenticated,
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Scope { scope } => {
                format!("give this client the scope {scope} at the identity provider").into()
            }
            Self::Missing
            | Self::Unknown
            | Self::NotAJwt
            | Self::UnknownKey
            | Self::Algorithm
            | Self::Signature
            | Self::Issuer
            | Self::Audience
            | Self::Subject
            | Self::Time => "log in with `hamctl login`, or give a valid token".into(),
        }
    }
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: String,
    crit: Option<serde_json::Value>,
}

/// What a verified token says.
#[derive(Debug, Deserialize)]
pub struct Claims {
    #[serde(default)]
    iss: String,
    aud: Option<OneOrMany>,
    /// Whom it is about.
    #[serde(default, rename = "sub")]
    pub subject: String,
    exp: Option<f64>,
    nbf: Option<f64>,
    iat: Option<f64>,
    scope: Option<OneOrMany>,
    /// The same under another name; some providers send both.
    scp: Option<OneOrMany>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl Claims {
    /// Whether the token is by whom, for whom and at a time that the rules accept; `now` in seconds since 1970.
    ///
    /// # Errors
    /// With the first thing that does not fit.
    pub fn check(&self, rules: &JwtRules, now: i64) -> Result<(), TokenError> {
        if rules.issuer.is_empty() || self.iss != rules.issuer {
            return Err(TokenError::Issuer);
        }
        let for_us = match &self.aud {
            _ if rules.audience.is_empty() => true,
            Some(OneOrMany::One(one)) => *one == rules.audience,
            Some(OneOrMany::Many(many)) => many.contains(&rules.audience),
            None => false,
        };
        if !for_us {
            return Err(TokenError::Audience);
        }
        if self.subject.trim().is_empty() {
            return Err(TokenError::Subject);
        }
        let begun = |at: Option<f64>| at.is_none_or(|at| seconds(at) <= now + SKEW);
        let ended = self.exp.is_none_or(|at| seconds(at) <= now - SKEW);
        if ended || !begun(self.nbf) || !begun(self.iat) {
            return Err(TokenError::Time);
        }
        Ok(())
    }

    /// Whether it carries a scope; several stand in one text or in a list.
    #[must_use]
    pub fn has_scope(&self, scope: &str) -> bool {
        [&self.scope, &self.scp].into_iter().flatten().any(|scopes| match scopes {
            OneOrMany::One(text) => text.split_whitespace().any(|one| one == scope),
            OneOrMany::Many(list) => list.iter().any(|one| one == scope),
        })
    }
}

/// A token that was read and not yet believed.
pub struct Unverified<'a> {
    header: Header,
    message: &'a str,
    payload: &'a str,
    signature: Vec<u8>,
}

impl<'a> Unverified<'a> {
    /// Reads the header; nothing of the rest is looked at before the signature is.
    ///
    /// # Errors
    /// When it is no JWT of reasonable length.
    pub fn parse(token: &'a str) -> Result<Self, TokenError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::NotAJwt);
        }
        let parts: Vec<&str> = token.split('.').collect();
        let [header, payload, signature] = parts[..] else { return Err(TokenError::NotAJwt) };
        let header: Header = read(header).ok_or(TokenError::NotAJwt)?;
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).map_err(|_| TokenError::NotAJwt)?;
        let message = token.rsplit_once('.').map_or("", |(message, _)| message);
        Ok(Self { header, message, payload, signature })
    }

    /// The id of the key it says it is signed with.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.header.kid
    }

    /// Checks everything; `now` in seconds since 1970.
    pub(crate) fn verify(&self, key: &Key, rules: &JwtRules, now: i64) -> Result<Claims, TokenError> {
        if self.header.alg != key.algorithm() || self.header.crit.is_some() {
            return Err(TokenError::Algorithm);
        }
        if !key.verify(self.message.as_bytes(), &self.signature) {
            return Err(TokenError::Signature);
        }
        let claims: Claims = read(self.payload).ok_or(TokenError::NotAJwt)?;
        claims.check(rules, now)?;
        Ok(claims)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "saturates, and no valid date is near the limits")]
fn seconds(at: f64) -> i64 {
    at as i64
}

fn read<T: serde::de::DeserializeOwned>(part: &str) -> Option<T> {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_token_is_refused_without_panic() {
        for text in ["", "a", "a.b", "a.b.c", "..", "e30.e30.e30", "e30.e30.e30.e30", "é.é.é"] {
            assert_eq!(Unverified::parse(text).err(), Some(TokenError::NotAJwt), "{text}");
        }
    }

    #[test]
    fn scopes_stand_in_a_text_or_in_a_list() {
        for (text, expected) in [
            (r#"{"scope":"openid release_daemon"}"#, true),
            (r#"{"scp":["release_daemon"]}"#, true),
            (r#"{"scope":"openid","scp":["openid","release_daemon"]}"#, true),
            (r#"{"scope":"release_daemons"}"#, false),
            ("{}", false),
        ] {
            let claims: Claims = serde_json::from_str(text).unwrap();
            assert_eq!(claims.has_scope("release_daemon"), expected, "{text}");
        }
    }
}
