//! GitHub tells of a push to the config repository (spec, section 2.11), or to the one with artifacts.
//!
//! Everybody can send here, so nothing is refused for want of room: a body is hashed as it comes, and kept only
//! within a budget that all share. A real push therefore always counts, however many false ones come with it.

mod push;

use std::sync::LazyLock;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode};
use explain::Kind;
use futures::future::poll_fn;
use ring::hmac;
use secrecy::ExposeSecret;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::Failure;
use crate::app::App;

pub use push::{Push, Signature};

/// GitHub sends nothing larger.
const MAX_BODY_BYTES: usize = 25 << 20;

/// How long a body may take. GitHub sends it at once.
const PATIENCE: Duration = Duration::from_secs(5);

/// Bytes of bodies that are kept, of all webhooks together.
const KEPT_BYTES: usize = 32 << 20;

static BUDGET: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(KEPT_BYTES));

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
    let signature = Signature::of(request.headers()).ok_or_else(forged)?;
    let key = signature.key(secret.expose_secret().as_bytes());
    let body = tokio::time::timeout(PATIENCE, signed(request.into_body(), &key, &signature));
    let body = body.await.map_err(|_| Failure::too_slow())??;
    let push = match body {
        Some(body) if body.is_empty() => return Err(Failure::invalid_body()),
        Some(body) => Push::read(&body).map_err(|_| Failure::invalid_body())?,
        // It was not kept, and it is signed: a look too many does no harm.
        None => Push::of_anything(),
    };
    if push.is_of_branch() {
        // The answer does not wait: GitHub gives a hook ten seconds.
        if app.artifact_repo.as_deref().is_some_and(|url| push.may_be_of(url)) {
            app.pushed.notify_one();
        }
        app.refresh.notify_one();
    }
    Ok(StatusCode::OK)
}

/// Reads a body, and proves that it is signed; `None` when there was no room to keep it.
async fn signed(mut body: Body, key: &hmac::Key, signature: &Signature) -> Result<Option<Vec<u8>>, Failure> {
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
    if signature.is(hash.sign()) { Ok(kept.map(|(bytes, _)| bytes)) } else { Err(forged()) }
}

fn forged() -> Failure {
    let hint = "give GitHub the secret of --github-webhook-secret";
    Failure::new(Kind::Unauthenticated, "please provide a valid authentication token", hint)
}
