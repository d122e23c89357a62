//! The webhook GitHub sends when someone has pushed.

use std::fmt::Write;

use ring::hmac;
use serde_json::json;

/// A push webhook, ready to be posted with [`Self::HEADERS`] and the signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushEvent {
    /// The JSON body, to be sent byte for byte.
    pub body: String,
    /// The value of `X-Hub-Signature`; wrong when the secret is.
    pub signature: String,
}

impl PushEvent {
    /// The headers beside the signature.
    pub const HEADERS: [(&'static str, &'static str); 2] =
        [("x-github-event", "push"), ("content-type", "application/json")];

    /// The event of a push that moved `branch` of `repository` to `commit_id`, signed with the shared secret.
    #[must_use]
    pub fn new(secret: &str, repository: &str, branch: &str, commit_id: &str) -> Self {
        let body = json!({
            "ref": format!("refs/heads/{branch}"),
            "after": commit_id,
            "repository": {"full_name": repository},
        })
        .to_string();
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes());
        let mut signature = String::from("sha1=");
        for byte in hmac::sign(&key, body.as_bytes()).as_ref() {
            write!(signature, "{byte:02x}").expect("writing to a string cannot fail");
        }
        Self { body, signature }
    }
}
