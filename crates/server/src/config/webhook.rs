//! Who is sent events, and the secrets they are signed with.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::hmac;
use url::Url;

/// One receiver.
#[derive(Clone)]
pub(crate) struct WebhookTarget {
    pub(crate) url: String,
    pub(crate) key: hmac::Key,
}

/// What is wrong with the flags; none of them holds a secret.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WebhookError {
    #[error("--webhook `{0}` is not the address of a receiver: give it as https://host/path")]
    Address(String),
    #[error("--webhook {0} is given twice")]
    Twice(String),
    #[error(
        "--webhook-secret: give one secret for all receivers, or one for each of the {receivers}, in their order"
    )]
    Count { receivers: usize },
    #[error("--webhook-secret: a secret is `whsec_` and the base64 of 24 to 64 bytes")]
    Secret,
}

/// What a secret begins with.
const SECRET: &str = "whsec_";

/// As the Standard Webhooks specification wants it.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

impl WebhookTarget {
    /// The receiver without what may be secret in its address.
    pub(crate) fn shown(&self) -> String {
        shown(&self.url)
    }
}

fn shown(url: &str) -> String {
    Url::parse(url).map_or_else(
        |_| "without an address".to_owned(),
        |url| format!("{}://{}{}", url.scheme(), url.host_str().unwrap_or_default(), url.path()),
    )
}

/// Pairs receivers with secrets.
pub(crate) fn parse(urls: &[String], secrets: &[String]) -> Result<Vec<WebhookTarget>, WebhookError> {
    let clean = |items: &[String]| -> Vec<String> {
        items.iter().map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect()
    };
    let (urls, secrets) = (clean(urls), clean(secrets));
    if urls.is_empty() {
        return Ok(Vec::new());
    }
    if secrets.len() != 1 && secrets.len() != urls.len() {
        return Err(WebhookError::Count { receivers: urls.len() });
    }
    let mut targets: Vec<WebhookTarget> = Vec::new();
    for (at, url) in urls.into_iter().enumerate() {
        let parsed = Url::parse(&url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let parsed = parsed.filter(|url| url.username().is_empty() && url.password().is_none());
        if parsed.is_none() {
            return Err(WebhookError::Address(shown(&url)));
        }
        if targets.iter().any(|target| target.url == url) {
            return Err(WebhookError::Twice(shown(&url)));
        }
        let secret = secrets.get(at).or(secrets.first()).map(String::as_str).unwrap_or_default();
        targets.push(WebhookTarget { url, key: key(secret)? });
    }
    Ok(targets)
}

fn key(secret: &str) -> Result<hmac::Key, WebhookError> {
    let bytes = secret.strip_prefix(SECRET).and_then(|base64| BASE64_STANDARD.decode(base64).ok());
    match bytes {
        Some(bytes) if SECRET_BYTES.contains(&bytes.len()) => Ok(hmac::Key::new(hmac::HMAC_SHA256, &bytes)),
        Some(_) | None => Err(WebhookError::Secret),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn read(urls: &[&str], secrets: &[&str]) -> Result<usize, WebhookError> {
        let owned = |items: &[&str]| items.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>();
        parse(&owned(urls), &owned(secrets)).map(|targets| targets.len())
    }

    #[test]
    fn receivers_share_a_secret_or_have_their_own() {
        assert_eq!(read(&[], &[]), Ok(0));
        assert_eq!(read(&["https://a/x", "http://b:1/"], &[GOOD]), Ok(2));
        assert_eq!(read(&["https://a/x", "http://b:1/"], &[GOOD, GOOD]), Ok(2));
        assert_eq!(read(&["https://a"], &[]), Err(WebhookError::Count { receivers: 1 }));
        assert_eq!(read(&["https://a"], &[GOOD, GOOD]), Err(WebhookError::Count { receivers: 1 }));
        assert_eq!(
            read(&["https://a/", "https://a/"], &[GOOD]),
            Err(WebhookError::Twice("https://a/".into()))
        );
    }

    #[test]
    fn what_is_wrong_is_told_without_a_secret() {
        for url in ["ftp://a", "a", "https://bo:hunter2@a/"] {
            let error = read(&[url], &[GOOD]).unwrap_err();
            assert!(matches!(error, WebhookError::Address(_)), "{url}");
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
        for secret in ["hunter2", "whsec_", "whsec_aHVudGVyMg==", "whsec_%"] {
            let error = read(&["https://a"], &[secret]).unwrap_err();
            assert_eq!(error, WebhookError::Secret, "{secret}");
        }
    }
}
