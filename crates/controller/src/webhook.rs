//! A POST from the Git host: somebody has pushed, so fetch now. What it says is not looked at: the fetch tells.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use ring::hmac;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Notify;

/// A push event of a large commit is a few hundred kilobytes; it is read only to check its signature.
const LARGEST_BODY: usize = 4 << 20;

/// Who may ring, and what rings.
#[derive(Debug)]
struct Door {
    key: Option<hmac::Key>,
    bell: Arc<Notify>,
}

/// The route: any path, so that every host's idea of one will do.
pub fn router(secret: Option<&SecretString>, bell: Arc<Notify>) -> Router {
    let key = secret.map(|secret| hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes()));
    Router::new()
        .fallback(axum::routing::post(ring))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(Arc::new(Door { key, bell }))
}

async fn ring(State(door): State<Arc<Door>>, headers: HeaderMap, body: Bytes) -> (StatusCode, &'static str) {
    if let Some(key) = &door.key
        && !is_signed(key, &headers, &body)
    {
        return (StatusCode::UNAUTHORIZED, "the signature in X-Hub-Signature-256 is missing or wrong\n");
    }
    door.bell.notify_one();
    (StatusCode::ACCEPTED, "fetching\n")
}

fn is_signed(key: &hmac::Key, headers: &HeaderMap, body: &[u8]) -> bool {
    let header = headers.get("x-hub-signature-256").and_then(|header| header.to_str().ok());
    let signature = header.and_then(|header| header.strip_prefix("sha256=")).and_then(bytes);
    signature.is_some_and(|signature| hmac::verify(key, body, &signature).is_ok())
}

/// Hexadecimal digits as bytes.
fn bytes(digits: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        digits.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits?;
    let pairs = digits.chunks_exact(2);
    pairs.remainder().is_empty().then(|| pairs.map(|pair| pair[0] << 4 | pair[1]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_knows_the_secret_may_ring() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"It's a Secret to Everybody");
        let check = |name: &str, header: &str, expected: bool| {
            let headers = HeaderMap::from_iter([(
                "x-hub-signature-256".parse().expect("a name"),
                header.parse().expect("a value"),
            )]);
            assert_eq!(is_signed(&key, &headers, b"Hello, World!"), expected, "{name}");
        };
        // The example of the documentation of this header.
        let right = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        check("right", &format!("sha256={right}"), true);
        check("without its name", right, false);
        check("of another body", &format!("sha256={}", right.replace('7', "8")), false);
        check("cut off", "sha256=757", false);
        check("no digits", "sha256=zz", false);
        assert!(!is_signed(&key, &HeaderMap::new(), b"Hello, World!"));
    }
}
