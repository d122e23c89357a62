//! The issuer's HTTP endpoints.

use std::sync::Arc;

use axum::extract::{Form, State as Shared};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Html;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::device::{self, Outcome};
use super::token::{TokenSpec, issue};
use super::{Realm, State};
use crate::http::basic;

/// The grant type of RFC 8628.
const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

type Answer = (StatusCode, Json<Value>);

/// An error code of OAuth 2.
type Refusal = &'static str;

/// The parameters of both endpoints.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Call {
    grant_type: String,
    scope: String,
    client_id: String,
    client_secret: String,
    device_code: String,
    refresh_token: String,
}

/// The parameters of the page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Decision {
    user_code: String,
    subject: String,
}

pub(super) fn router(realm: Arc<Realm>) -> Router {
    Router::new()
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/v1/keys", get(keys))
        .route("/v1/device/authorize", post(authorize))
        .route("/v1/token", post(token))
        .route("/activate", get(page).post(approve))
        .with_state(realm)
}

async fn discovery(Shared(realm): Shared<Arc<Realm>>) -> Json<Value> {
    let url = &realm.url;
    Json(json!({
        "issuer": url,
        "jwks_uri": format!("{url}/v1/keys"),
        "token_endpoint": format!("{url}/v1/token"),
        "device_authorization_endpoint": format!("{url}/v1/device/authorize"),
        "grant_types_supported": ["client_credentials", "refresh_token", DEVICE_GRANT],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "id_token_signing_alg_values_supported": ["RS256", "ES256", "EdDSA"],
        "subject_types_supported": ["public"],
        "response_types_supported": ["token"],
    }))
}

async fn keys(Shared(realm): Shared<Arc<Realm>>) -> Json<Value> {
    realm.with(|state| {
        state.key_fetches += 1;
        let mut keys: Vec<Value> = state.keys.iter().map(super::SigningKey::jwk).collect();
        keys.iter_mut().for_each(|key| key["use"] = state.key_use.as_str().into());
        Json(json!({"keys": keys}))
    })
}

async fn authorize(Shared(realm): Shared<Arc<Realm>>, headers: HeaderMap, Form(call): Form<Call>) -> Answer {
    let begun = realm.with(|state| {
        let client_id = client(state, &headers, &call)?;
        Ok((device::begin(state, &client_id, &call.scope), state.poll_interval))
    });
    let ((device_code, login), interval) = match begun {
        Ok(begun) => begun,
        Err(error) => return refuse(error),
    };
    let page = format!("{}/activate", realm.url);
    let answer = json!({
        "device_code": device_code, "user_code": login.user_code,
        "verification_uri": page,
        "verification_uri_complete": format!("{page}?user_code={}", login.user_code),
        "expires_in": 600, "interval": interval,
    });
    realm.logins.record(login);
    (StatusCode::OK, Json(answer))
}

async fn token(Shared(realm): Shared<Arc<Realm>>, headers: HeaderMap, Form(call): Form<Call>) -> Answer {
    match realm.with(|state| grant(state, &realm.url, &headers, &call)) {
        Ok(token) => (StatusCode::OK, Json(token)),
        Err(error) => refuse(error),
    }
}

fn refuse(error: Refusal) -> Answer {
    let status = match error {
        "invalid_client" => StatusCode::UNAUTHORIZED,
        _ => StatusCode::BAD_REQUEST,
    };
    (status, Json(json!({"error": error, "error_description": format!("the issuer says {error}")})))
}

fn grant(state: &mut State, url: &str, headers: &HeaderMap, call: &Call) -> Result<Value, Refusal> {
    let client_id = client(state, headers, call)?;
    let (spec, refreshable) = match call.grant_type.as_str() {
        DEVICE_GRANT => (device::poll(state, &client_id, &call.device_code)?, true),
        "refresh_token" => {
            // Each refresh token works once.
            let spec = state.refresh.remove(&call.refresh_token).ok_or("invalid_grant")?;
            (spec.lifetime(state.lifetime), true)
        }
        "client_credentials" if state.clients[&client_id].is_empty() => return Err("unauthorized_client"),
        "client_credentials" => {
            (TokenSpec::new(&client_id).scope(&call.scope).lifetime(state.lifetime), false)
        }
        _ => return Err("unsupported_grant_type"),
    };
    let mut answer = json!({
        "access_token": issue(url, state.signer(), &spec),
        "token_type": "Bearer", "expires_in": state.lifetime.as_secs(), "scope": call.scope,
    });
    if refreshable {
        state.made_refresh_tokens += 1;
        let refresh = format!("refresh-token-{}", state.made_refresh_tokens);
        answer["refresh_token"] = refresh.as_str().into();
        state.refresh.insert(refresh, spec);
    }
    Ok(answer)
}

/// The client that asks, proved by HTTP Basic or by parameters; a public client has an empty secret.
fn client(state: &State, headers: &HeaderMap, call: &Call) -> Result<String, Refusal> {
    let by_header = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| basic(value.to_str().ok()?.strip_prefix("Basic ")?));
    let (id, secret) = by_header.unwrap_or_else(|| (call.client_id.clone(), call.client_secret.clone()));
    if state.clients.get(&id) == Some(&secret) { Ok(id) } else { Err("invalid_client") }
}

/// The page a browser opens during a login.
async fn page(Shared(realm): Shared<Arc<Realm>>, Form(asked): Form<Decision>) -> Html<String> {
    let waits = realm.with(|state| {
        state
            .devices
            .iter()
            .any(|device| device.user_code == asked.user_code && device.outcome == Outcome::Pending)
    });
    if !waits {
        return Html("<p>No login waits under this code.</p>".into());
    }
    // The code is one of ours, so it holds nothing to escape.
    Html(format!(
        "<form method=post><p>Log in with code {code}<input type=hidden name=user_code value={code}>\
         <p>as <input name=subject value=ida@example.test> <button>Approve</button></form>",
        code = asked.user_code
    ))
}

async fn approve(Shared(realm): Shared<Arc<Realm>>, Form(asked): Form<Decision>) -> Html<&'static str> {
    let decided =
        realm.with(|state| device::decide(state, &asked.user_code, Outcome::Approved(asked.subject.clone())));
    Html(match decided {
        Some(()) => "<p>Done. Go back to the terminal.</p>",
        None => "<p>No login waits under this code.</p>",
    })
}
