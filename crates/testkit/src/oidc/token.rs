//! Tokens, right and wrong.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ring::hmac;
use serde_json::{Value, json};

use super::AUDIENCE;
use super::keys::{SigningKey, base64url};

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenSpec {
    subject: String,
    audience: String,
    scope: String,
    lifetime: Duration,
}

/// The one thing that is wrong with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The header says `none`, and there is no signature.
    AlgorithmNone,
    /// The header says `HS256`, and the secret is the public key.
    HmacWithPublicKey,
    /// It is for someone else.
    Audience,
    /// It is from someone else.
    Issuer,
    /// It has no end.
    NoExpiry,
    /// It ended an hour ago.
    Expired,
    /// It begins in an hour.
    NotYetValid,
    /// It names nobody.
    NoSubject,
    /// The key it names does not exist.
    UnknownKey,
    /// It names no key.
    NoKey,
    /// One claim was changed after signing.
    Tampered,
}

impl Wrong {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::AlgorithmNone,
        Self::HmacWithPublicKey,
        Self::Audience,
        Self::Issuer,
        Self::NoExpiry,
        Self::Expired,
        Self::NotYetValid,
        Self::NoSubject,
        Self::UnknownKey,
        Self::NoKey,
        Self::Tampered,
    ];
}

impl TokenSpec {
    /// A token for this subject, valid for an hour, with the usual audience and no scope.
    #[must_use]
    pub fn new(subject: &str) -> Self {
        Self {
            subject: subject.into(),
            audience: AUDIENCE.into(),
            scope: String::new(),
            lifetime: Duration::from_secs(3600),
        }
    }

    /// For someone else.
    #[must_use]
    pub fn audience(mut self, audience: &str) -> Self {
        self.audience = audience.into();
        self
    }

    /// With scopes, separated by spaces.
    #[must_use]
    pub fn scope(mut self, scope: &str) -> Self {
        self.scope = scope.into();
        self
    }

    /// Valid for this long.
    #[must_use]
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }
}

/// A good token.
pub(super) fn issue(issuer: &str, key: &SigningKey, spec: &TokenSpec) -> String {
    sign(key, &header(key), &claims(issuer, spec))
}

/// Header and claims of a good token.
pub(super) fn parts(issuer: &str, key: &SigningKey, spec: &TokenSpec) -> (Value, Value) {
    (header(key), claims(issuer, spec))
}

/// A signed token of any header and claims.
pub(super) fn sign_raw(key: &SigningKey, header: &str, claims: &str) -> String {
    let message = format!("{}.{}", base64url(header.as_bytes()), base64url(claims.as_bytes()));
    format!("{message}.{}", base64url(&key.sign(message.as_bytes())))
}

/// A token with one fault.
pub(super) fn forge(issuer: &str, key: &SigningKey, spec: &TokenSpec, wrong: Wrong) -> String {
    let (mut header, mut claims) = (header(key), claims(issuer, spec));
    let now = seconds_since_epoch();
    match wrong {
        Wrong::AlgorithmNone => {
            header["alg"] = "none".into();
            return format!("{}.", unsigned(&header, &claims));
        }
        Wrong::HmacWithPublicKey => {
            header["alg"] = "HS256".into();
            let message = unsigned(&header, &claims);
            let secret = hmac::Key::new(hmac::HMAC_SHA256, key.public());
            let signature = hmac::sign(&secret, message.as_bytes());
            return format!("{message}.{}", base64url(signature.as_ref()));
        }
        Wrong::Tampered => {
            let honest = sign(key, &header, &claims);
            claims["sub"] = "mallory@example.test".into();
            let signature = honest.rsplit('.').next().unwrap_or_default();
            return format!("{}.{signature}", unsigned(&header, &claims));
        }
        Wrong::Audience => claims["aud"] = "someone-else".into(),
        Wrong::Issuer => claims["iss"] = "https://issuer.example.test".into(),
        Wrong::NoExpiry => remove(&mut claims, "exp"),
        Wrong::Expired => {
            claims["iat"] = (now - 7200).into();
            claims["exp"] = (now - 3600).into();
        }
        Wrong::NotYetValid => claims["nbf"] = (now + 3600).into(),
        Wrong::NoSubject => remove(&mut claims, "sub"),
        Wrong::UnknownKey => header["kid"] = "nobody-has-this-key".into(),
        Wrong::NoKey => remove(&mut header, "kid"),
    }
    sign(key, &header, &claims)
}

fn header(key: &SigningKey) -> Value {
    json!({"alg": key.algorithm().as_str(), "typ": "JWT", "kid": key.kid})
}

fn claims(issuer: &str, spec: &TokenSpec) -> Value {
    let now = seconds_since_epoch();
    let mut claims = json!({
        "iss": issuer, "sub": spec.subject, "aud": spec.audience,
        "iat": now, "exp": now + spec.lifetime.as_secs(),
    });
    if !spec.scope.is_empty() {
        claims["scope"] = spec.scope.as_str().into();
    }
    claims
}

fn remove(object: &mut Value, name: &str) {
    if let Some(fields) = object.as_object_mut() {
        fields.remove(name);
    }
}

fn unsigned(header: &Value, claims: &Value) -> String {
    format!("{}.{}", base64url(header.to_string().as_bytes()), base64url(claims.to_string().as_bytes()))
}

fn sign(key: &SigningKey, header: &Value, claims: &Value) -> String {
    let message = unsigned(header, claims);
    format!("{message}.{}", base64url(&key.sign(message.as_bytes())))
}

fn seconds_since_epoch() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
