//! GitHub tells of a push to the config repository (spec, section 2.11), or to the one with artifacts.
//!
//! Everybody can send here, so nothing is refused for want of room: a body is hashed as it comes, and kept only
//! within a budget that all share. A real push therefore always counts, however many false ones come with it.

use std::sync::LazyLock;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use explain::Kind;
use futures::future::poll_fn;
use ring::hmac;
use secrecy::ExposeSecret;
use serde::Deserialize;
use subtle::ConstantTimeEq;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::Failure;
use crate::app::App;

/// GitHub sends nothing larger.
const MAX_BODY_BYTES: usize = 25 << 20;

/// How long a body may take. GitHub sends it at once.
const PATIENCE: Duration = Duration::from_secs(5);

/// Bytes of bodies that are kept, of all webhooks together.
const KEPT_BYTES: usize = 32 << 20;

/// How the name of a branch begins in a push.
const BRANCHES: &str = "refs/heads/";

static BUDGET: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(KEPT_BYTES));

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
    let key = hmac::Key::new(algorithm, secret.expose_secret().as_bytes());
    let body = tokio::time::timeout(PATIENCE, signed(request.into_body(), &key, &signature));
    let body = body.await.map_err(|_| Failure::too_slow())??;
    let push = match body {
        Some(body) if body.is_empty() => return Err(Failure::invalid_body()),
        Some(body) => api::decode::<Push>(&body).map_err(|_| Failure::invalid_body())?,
        // It was not kept, and it is signed: a look too many does no harm.
        None => Push { reference: BRANCHES.to_owned(), ..Push::default() },
    };
    if push.reference.starts_with(BRANCHES) {
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

/// Reads a body, and proves that it is signed; `None` when there was no room to keep it.
async fn signed(mut body: Body, key: &hmac::Key, signature: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
    let mut hash = hmac::Context::with_key(key);
    let mut kept = Some((Vec::new(), Vec::<SemaphorePermit<'static>>::new()));
    let mut length = 0;
    while let Some(frame) = poll_fn(|context| std::pin::Pin::new(&mut body).poll_frame(context)).await {
        let cut = || Failure::new(Kind::Usage, "request cancelled", "send the whole body");
        let Ok(data) = frame.map_err(|_| cut())?.into_data() else { continue };
        length += data.len();
        if length > MAX_BODY_BYTES {
            return Err(Failure::too_large());
        }
        hash.update(&data);
        let room = u32::try_from(data.len()).ok().and_then(|bytes| BUDGET.try_acquire_many(bytes).ok());
        kept = kept.zip(room).map(|((mut bytes, mut rooms), room)| {
            bytes.extend_from_slice(&data);
            rooms.push(room);
            (bytes, rooms)
        });
    }
    // In a time that does not tell how much of it is right.
    let is_signed: bool = hash.sign().as_ref().ct_eq(signature).into();
    if is_signed { Ok(kept.map(|(bytes, _)| bytes)) } else { Err(forged()) }
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
