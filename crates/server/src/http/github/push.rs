//! What GitHub says of a push, and how it signs. Pure.

use axum::http::HeaderMap;
use ring::hmac;
use serde::Deserialize;
use subtle::ConstantTimeEq;

/// How the name of a branch begins in a push.
const BRANCHES: &str = "refs/heads/";

/// A push event, as far as it matters here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Push {
    #[serde(rename = "ref")]
    reference: String,
    repository: Repository,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
struct Repository {
    full_name: String,
}

impl Push {
    /// Reads the body of a push event. It is GitHub's: keys are in the case it writes them in, and what users made up,
    /// such as the names of a repository's properties, is no matter of ours.
    ///
    /// # Errors
    /// When it is not JSON, or of another shape.
    pub fn read(body: &[u8]) -> serde_json::Result<Self> {
        serde_json::from_slice(body)
    }

    /// A push of which nothing is known.
    pub(super) fn of_anything() -> Self {
        Self { reference: BRANCHES.to_owned(), ..Self::default() }
    }

    /// Whether a branch was pushed, not a tag.
    #[must_use]
    pub fn is_of_branch(&self) -> bool {
        self.reference.starts_with(BRANCHES)
    }

    /// Whether it may be a push to the repository at this address; one that does not say may be.
    #[must_use]
    pub fn may_be_of(&self, url: &str) -> bool {
        let full_name = &self.repository.full_name;
        let path = url.trim_end_matches('/').trim_end_matches(".git").to_lowercase();
        match path.strip_suffix(&full_name.to_lowercase()) {
            Some(before) => full_name.is_empty() || before.ends_with(['/', ':']),
            None => false,
        }
    }
}

/// The signature that comes with a body.
#[derive(Clone, Debug)]
pub struct Signature {
    bytes: Vec<u8>,
    algorithm: hmac::Algorithm,
}

impl Signature {
    /// The signature that headers hold, the better one if there are two; none when it cannot be one.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let given = |name: &str, prefix: &str, algorithm: hmac::Algorithm| {
            let bytes = hex(headers.get(name)?.to_str().ok()?.strip_prefix(prefix)?)?;
            (bytes.len() == algorithm.digest_algorithm().output_len()).then_some(Self { bytes, algorithm })
        };
        given("x-hub-signature-256", "sha256=", hmac::HMAC_SHA256)
            .or_else(|| given("x-hub-signature", "sha1=", hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY))
    }

    /// The key that a secret is for this kind of signature.
    pub(super) fn key(&self, secret: &[u8]) -> hmac::Key {
        hmac::Key::new(self.algorithm, secret)
    }

    /// Whether it is this one, in a time that does not tell how much of it is right.
    pub(super) fn is(&self, tag: hmac::Tag) -> bool {
        tag.as_ref().ct_eq(&self.bytes).into()
    }

    /// Whether it is that of a body under a secret.
    #[must_use]
    pub fn signs(&self, secret: &[u8], body: &[u8]) -> bool {
        self.is(hmac::sign(&self.key(secret), body))
    }
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_push_is_of_the_repository_it_names() {
        for (url, name, of) in [
            ("git@github.com:acme/artifacts.git", "acme/artifacts", true),
            ("https://github.com/Acme/artifacts/", "acme/Artifacts", true),
            ("ssh://git@host:22/acme/artifacts.git", "acme/artifacts", true),
            ("https://github.com/acme/artifacts", "", true),
            ("https://github.com/acme/artifacts", "acme/config", false),
            ("https://github.com/other-acme/artifacts", "acme/artifacts", false),
        ] {
            let body = format!(r#"{{"ref":"refs/heads/a","repository":{{"full_name":"{name}"}}}}"#);
            assert_eq!(Push::read(body.as_bytes()).unwrap().may_be_of(url), of, "{url} {name}");
        }
    }

    #[test]
    fn what_users_of_github_made_up_is_read_over() {
        let body = br#"{"ref":"refs/heads/a","repository":{"full_name":"acme/config",
            "custom_properties":{"Team":"a","team":"b","team":null}},"pusher":{"name":"ida","Name":"Ida"}}"#;
        let push = Push::read(body).unwrap();
        assert!(push.is_of_branch() && !push.may_be_of("https://github.com/acme/other"));
        for body in ["", "{", "3", r#"{"ref":"a","ref":"b"}"#, r#"{"repository":[{}]}"#] {
            assert!(Push::read(body.as_bytes()).is_err(), "{body}");
        }
    }

    #[test]
    fn signatures_are_read_and_short_ones_do_no_harm() {
        assert_eq!(hex("00fF10"), Some(vec![0, 255, 16]));
        for text in ["0", "zz", "é0"] {
            assert_eq!(hex(text), None, "{text}");
        }
    }
}
