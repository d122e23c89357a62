//! GitHub tells of a push to the config repository (spec, section 2.11), or to the one with artifacts.

use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
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
    repository: Repository,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Repository {
    full_name: String,
}

pub(crate) async fn webhook(State(app): State<App>, request: Request) -> Result<StatusCode, Failure> {
    let event = request.headers().get("x-github-event").map(HeaderValue::as_bytes);
    if request.method() != Method::POST || event != Some(b"push") {
        return Err(Failure::invalid_body());
    }
    let Some(secret) = &app.webhook_secret else {
        let hint = "start the server with --github-webhook-secret, and give GitHub the same";
        return Err(Failure::new(Kind::Denied, "the GitHub webhook has no secret", hint));
    };
    // Before the body is read: who signs nothing costs nothing.
    let (signature, algorithm) = signature(request.headers()).ok_or_else(forged)?;
    let Raw(body) = Raw::from_request(request, &app).await?;
    if body.is_empty() {
        return Err(Failure::invalid_body());
    }
    let key = hmac::Key::new(algorithm, secret.expose_secret().as_bytes());
    hmac::verify(&key, &body, &signature).map_err(|_| forged())?;
    let push: Push = api::decode(&body).map_err(|_| Failure::invalid_body())?;
    if push.reference.starts_with("refs/heads/") {
        // The answer does not wait: GitHub gives a hook ten seconds.
        let named = push.repository.full_name;
        let of_artifacts = app.artifact_repo.as_deref().is_some_and(|url| may_be_of(url, &named));
        if of_artifacts {
            app.pushed.notify_one();
        }
        app.refresh.notify_one();
    }
    Ok(StatusCode::OK)
}

/// Whether a push to the repository `full_name` may be one to this address; without a name it may.
fn may_be_of(url: &str, full_name: &str) -> bool {
    let path = url.trim_end_matches('/').trim_end_matches(".git").to_lowercase();
    match path.strip_suffix(&full_name.to_lowercase()) {
        Some(before) => full_name.is_empty() || before.ends_with(['/', ':']),
        None => false,
    }
}

fn forged() -> Failure {
    let hint = "give GitHub the secret of --github-webhook-secret";
    Failure::new(Kind::Unauthenticated, "please provide a valid authentication token", hint)
}

/// The signature that headers hold, the better one if there are two; none when it cannot be one.
fn signature(headers: &HeaderMap) -> Option<(Vec<u8>, hmac::Algorithm)> {
    let given = |name: &str, prefix: &str, algorithm: hmac::Algorithm| {
        let signature = hex(headers.get(name)?.to_str().ok()?.strip_prefix(prefix)?)?;
        (signature.len() == algorithm.digest_algorithm().output_len()).then_some((signature, algorithm))
    };
    given("x-hub-signature-256", "sha256=", hmac::HMAC_SHA256)
        .or_else(|| given("x-hub-signature", "sha1=", hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY))
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
            assert_eq!(may_be_of(url, name), of, "{url} {name}");
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
