//! The methods of the Slack Web API, form encoded, answered in Slack's words.

use std::sync::Arc;

use axum::extract::{Form, Path, State as Shared};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::secret;

use super::{Fault, Message, State, Workspace};

/// The parameters of the methods we know.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Call {
    token: String,
    email: String,
    channel: String,
    ts: String,
    text: String,
    attachments: String,
}

/// Slack's error codes, as they stand in an answer.
type Refusal = &'static str;

pub(super) fn router(workspace: Arc<Workspace>) -> Router {
    Router::new().route("/api/{method}", any(answer)).with_state(workspace)
}

async fn answer(
    Shared(workspace): Shared<Arc<Workspace>>,
    Path(method): Path<String>,
    headers: HeaderMap,
    Form(mut call): Form<Call>,
) -> Response {
    if call.token.is_empty() {
        call.token = secret(&headers).unwrap_or_default();
    }
    match workspace.with(|state| (!state.faults.is_empty()).then(|| state.faults.remove(0))) {
        Some(Fault::RateLimited(seconds)) => {
            let retry_after = [(header::RETRY_AFTER, seconds.to_string())];
            let body = Json(json!({"ok": false, "error": "ratelimited"}));
            return (StatusCode::TOO_MANY_REQUESTS, retry_after, body).into_response();
        }
        Some(Fault::Error(error)) => return Json(json!({"ok": false, "error": error})).into_response(),
        None => {}
    }
    // A refusal is a 200: Slack uses status codes for rate limits alone.
    Json(run(&workspace, &method, &call).unwrap_or_else(|error| json!({"ok": false, "error": error})))
        .into_response()
}

fn run(workspace: &Workspace, method: &str, call: &Call) -> Result<Value, Refusal> {
    if call.token.is_empty() {
        return Err("not_authed");
    }
    if call.token != workspace.token {
        return Err("invalid_auth");
    }
    match method {
        "users.lookupByEmail" => workspace.with(|state| lookup(state, &call.email)),
        "chat.postMessage" => say(workspace, call, post),
        "chat.update" => say(workspace, call, update),
        _ => Err("unknown_method"),
    }
}

fn lookup(state: &State, email: &str) -> Result<Value, Refusal> {
    let id = state.users.get(email).ok_or("users_not_found")?;
    let name = email.split('@').next().unwrap_or_default();
    Ok(json!({"ok": true, "user": {"id": id, "name": name, "profile": {"email": email}}}))
}

/// Checks the content of a message, lets `place` find where it goes, and records it.
fn say(
    workspace: &Workspace,
    call: &Call,
    place: fn(&mut State, &Call) -> Result<Message, Refusal>,
) -> Result<Value, Refusal> {
    let attachments: Vec<Value> = match call.attachments.as_str() {
        "" => Vec::new(),
        text => serde_json::from_str(text).map_err(|_| "invalid_attachments")?,
    };
    if call.text.is_empty() && attachments.is_empty() {
        return Err("no_text");
    }
    let message = workspace.with(|state| place(state, call))?;
    let answer = json!({
        "ok": true, "channel": message.channel_id, "ts": message.ts,
        "message": {"text": call.text, "attachments": attachments, "ts": message.ts},
    });
    workspace.messages.record(Message { text: call.text.clone(), attachments, ..message });
    Ok(answer)
}

fn post(state: &mut State, call: &Call) -> Result<Message, Refusal> {
    let (channel_id, to) = channel(state, &call.channel).ok_or("channel_not_found")?;
    if state.archived.contains(&to) {
        return Err("is_archived");
    }
    state.channels.insert(channel_id.clone(), to.clone());
    state.posted += 1;
    let ts = format!("1700000000.{:06}", state.posted);
    Ok(Message { to, channel_id, ts, update: false, text: String::new(), attachments: Vec::new() })
}

fn update(state: &mut State, call: &Call) -> Result<Message, Refusal> {
    // Unlike posting, updating takes the id that posting has answered with, and no name.
    let to = state.channels.get(&call.channel).ok_or("channel_not_found")?.clone();
    let number = call.ts.strip_prefix("1700000000.").and_then(|number| number.parse::<u32>().ok());
    if !number.is_some_and(|number| (1..=state.posted).contains(&number)) {
        return Err("message_not_found");
    }
    Ok(Message {
        to,
        channel_id: call.channel.clone(),
        ts: call.ts.clone(),
        update: true,
        text: String::new(),
        attachments: Vec::new(),
    })
}

/// The id and the name of what a message is posted to: a channel by name or id, or a person by user id.
fn channel(state: &State, given: &str) -> Option<(String, String)> {
    if let Some((email, id)) = state.users.iter().find(|(_, id)| *id == given) {
        return Some((id.replacen('U', "D", 1), email.clone()));
    }
    if let Some(name) = state.channels.get(given) {
        return Some((given.into(), name.clone()));
    }
    // A user id nobody has is no channel; a name without `#` is one, as for Slack.
    let bare = given.trim_start_matches('#');
    let is_name = !bare.is_empty() && bare == bare.to_lowercase();
    let known = state.channels.iter().find(|(_, name)| name.trim_start_matches('#') == bare);
    match known {
        Some((id, name)) => Some((id.clone(), name.clone())),
        None => is_name.then(|| (format!("C{:08}", state.channels.len() + 1), format!("#{bare}"))),
    }
}
