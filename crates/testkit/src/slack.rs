//! A Slack double: the three methods we call, on the wire as Slack has them, with a record of what people would see.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;

use crate::http::HttpServer;
use crate::{PartError, Recorder};

mod methods;

/// The running double.
#[derive(Debug)]
pub struct Slack {
    server: HttpServer,
    workspace: Arc<Workspace>,
}

/// One message as it stands in a channel, recorded when it is posted and again when it is updated.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// The channel as people name it: `#releases-dev`, or for a direct message the person's e-mail address.
    pub to: String,
    /// Slack's id of the channel.
    pub channel_id: String,
    /// Slack's id of the message in its channel.
    pub ts: String,
    /// Whether this is a new state of a message posted before.
    pub update: bool,
    /// The `text` parameter.
    pub text: String,
    /// The `attachments` parameter.
    pub attachments: Vec<Value>,
}

impl Message {
    /// A field of the first attachment, such as `title` or `color`; empty when it is absent.
    #[must_use]
    pub fn attachment(&self, field: &str) -> &str {
        self.attachments.first().and_then(|attachment| attachment[field].as_str()).unwrap_or_default()
    }

    /// Whether a text occurs anywhere in the message.
    #[must_use]
    pub fn says(&self, text: &str) -> bool {
        fn within(value: &Value, text: &str) -> bool {
            match value {
                Value::String(string) => string.contains(text),
                Value::Array(values) => values.iter().any(|value| within(value, text)),
                Value::Object(fields) => fields.values().any(|value| within(value, text)),
                Value::Null | Value::Bool(_) | Value::Number(_) => false,
            }
        }
        self.text.contains(text) || self.attachments.iter().any(|attachment| within(attachment, text))
    }
}

/// What the double knows and has received.
#[derive(Debug)]
struct Workspace {
    token: String,
    messages: Recorder<Message>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// E-mail address to user id.
    users: BTreeMap<String, String>,
    /// Channel id to the name people use; a direct message's channel is named after the person.
    channels: BTreeMap<String, String>,
    archived: Vec<String>,
    faults: Vec<Fault>,
    posted: u32,
}

/// What the next call gets instead of an answer.
#[derive(Clone, Debug)]
enum Fault {
    /// 429 with a `Retry-After` of this many seconds.
    RateLimited(u32),
    /// `ok: false` with this error.
    Error(String),
}

impl Workspace {
    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        // The state is plain data: a test that panicked while it held the lock has not broken it.
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Slack {
    /// Starts an empty workspace: every channel exists, no user does.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start() -> Result<Self, PartError> {
        let workspace = Arc::new(Workspace {
            token: "xoxb-testkit".into(),
            messages: Recorder::default(),
            state: Mutex::default(),
        });
        let server = HttpServer::start(methods::router(Arc::clone(&workspace)))?;
        Ok(Self { server, workspace })
    }

    /// The base URL of the methods, ending in `/api`, in place of `https://slack.com/api`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/api", self.server.url())
    }

    /// The only token that is accepted.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.workspace.token
    }

    /// Adds a person and returns their user id.
    pub fn add_user(&self, email: &str) -> String {
        self.workspace.with(|state| {
            let id = format!("U{:08}", state.users.len() + 1);
            state.users.entry(email.into()).or_insert(id).clone()
        })
    }

    /// Archives a channel: posts to it fail with `is_archived`.
    pub fn archive(&self, channel: &str) {
        self.workspace.with(|state| state.archived.push(channel.into()));
    }

    /// Answers the next call with 429 and `Retry-After`. Faults queue up: each call takes the oldest.
    pub fn rate_limit_next(&self, retry_after_seconds: u32) {
        self.workspace.with(|state| state.faults.push(Fault::RateLimited(retry_after_seconds)));
    }

    /// Answers the next call with `{"ok":false,"error":...}`.
    pub fn fail_next(&self, error: &str) {
        self.workspace.with(|state| state.faults.push(Fault::Error(error.into())));
    }

    /// Everything posted or updated so far, oldest first.
    #[must_use]
    pub fn messages(&self) -> Vec<Message> {
        self.workspace.messages.all()
    }

    /// The first message that `wanted` accepts, there already or still to come.
    ///
    /// # Errors
    /// When none came in time; the error shows what came instead.
    pub async fn wait_for(
        &self,
        what: &str,
        deadline: Duration,
        wanted: impl Fn(&Message) -> bool,
    ) -> Result<Message, PartError> {
        self.workspace.messages.wait_for(what, deadline, wanted).await
    }
}
