//! GitHub tells of a push to the config repository (spec, section 2.11).

use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use explain::Kind;
use ring::hmac;
use secrecy::ExposeSecret;
use serde::Deserialize;

use super::Failure;
use super::body::Raw;
use crate::app::App;

#[derive(Deserialize, Default)]
#[serde(default)]
struct Push {
    #[serde(rename = "ref")]
    reference: String,
}

pub(crate) async fn webhook(
    State(app): State<App>,
    method: Method,
    headers: HeaderMap,
    Raw(body): Raw,
) -> Result<StatusCode, Failure> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if method != Method::POST || header("x-github-event") != "push" || body.is_empty() {
        return Err(Failure::invalid_body());
    }
    let Some(secret) = &app.webhook_secret else {
        let hint = "start the server with --github-webhook-secret, and give GitHub the same";
        return Err(Failure::new(Kind::Denied, "the GitHub webhook has no secret", hint));
    };
    let secret = secret.expose_secret().as_bytes();
    let signed = [
        (header("x-hub-signature-256").strip_prefix("sha256="), hmac::HMAC_SHA256),
        (header("x-hub-signature").strip_prefix("sha1="), hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY),
    ]
    .into_iter()
    .find_map(|(signature, algorithm)| Some((hex(signature?)?, algorithm)));
    let genuine = signed.is_some_and(|(signature, algorithm)| {
        hmac::verify(&hmac::Key::new(algorithm, secret), &body, &signature).is_ok()
    });
    if !genuine {
        let hint = "give GitHub the secret of --github-webhook-secret";
        return Err(Failure::new(Kind::Unauthenticated, "please provide a valid authentication token", hint));
    }
    let push: Push = api::decode(&body).map_err(|_| Failure::invalid_body())?;
    if push.reference.starts_with("refs/heads/") {
        // The answer does not wait: GitHub gives a hook ten seconds.
        app.refresh.notify_one();
    }
    Ok(StatusCode::OK)
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
    fn signatures_are_read_and_short_ones_do_no_harm() {
        assert_eq!(hex("00fF10"), Some(vec![0, 255, 16]));
        for text in ["0", "zz", "é0"] {
            assert_eq!(hex(text), None, "{text}");
        }
    }
}
