//! Slack's Web API (spec, section 9.1): forms in, `ok` out.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::Deliver;
use super::deliver::{Undelivered, broken, refused, unreadable};
use super::silence::Silence;
use super::slack_text::Attachment;

/// How long one call may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How long a looked-up user is believed.
const USER_KEPT: Duration = Duration::from_secs(3600);

/// A message to be posted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Post {
    pub(super) to: To,
    pub(super) attachment: Attachment,
}

/// Who reads it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum To {
    /// A channel that should be there.
    Channel(String),
    /// A channel that need not be there.
    MaybeChannel(String),
    /// A person, by the address they have at Slack.
    Person(String),
}

impl To {
    pub(super) fn key(&self) -> &str {
        match self {
            Self::Channel(name) | Self::MaybeChannel(name) | Self::Person(name) => name,
        }
    }
}

/// Posts messages.
pub(crate) struct Slack {
    url: String,
    token: SecretString,
    http: reqwest::Client,
    users: Mutex<HashMap<String, (String, Instant)>>,
    silence: Silence,
}

#[derive(Deserialize)]
struct Answer {
    ok: bool,
    #[serde(default)]
    error: String,
    user: Option<User>,
}

#[derive(Deserialize)]
struct User {
    id: String,
}

/// Errors that say that the recipient is not there.
const NOBODY: [&str; 4] = ["users_not_found", "channel_not_found", "is_archived", "not_in_channel"];

/// Errors that pass.
const PASSING: [&str; 5] =
    ["ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable"];

impl Slack {
    pub(crate) fn new(url: String, token: SecretString, http: reqwest::Client) -> Self {
        Self { url, token, http, users: Mutex::default(), silence: Silence::default() }
    }

    async fn post(&self, post: &Post) -> Result<(), Undelivered> {
        let channel = match &post.to {
            To::Channel(channel) | To::MaybeChannel(channel) => channel.clone(),
            To::Person(email) => match self.user(email).await {
                Ok(user) => user,
                Err(Refusal::Nobody(_)) => {
                    tracing::info!("a person to be told is not at Slack");
                    return Ok(());
                }
                Err(refusal) => return Err(refusal.into()),
            },
        };
        let attachments = serde_json::to_string(&[&post.attachment]).map_err(|error| unreadable(&error))?;
        let form = [("channel", channel.as_str()), ("as_user", "true"), ("attachments", &attachments)];
        match (self.call("chat.postMessage", &form).await, &post.to) {
            (Ok(_), _) => Ok(()),
            (Err(Refusal::Nobody(why)), To::MaybeChannel(channel)) => {
                tracing::info!(channel, why, "a squad has no such channel at Slack");
                Ok(())
            }
            (Err(refusal), _) => Err(refusal.into()),
        }
    }

    /// The id of a user, asked for once an hour.
    async fn user(&self, email: &str) -> Result<String, Refusal> {
        let known = lock(&self.users).get(email).cloned();
        if let Some((id, _)) = known.filter(|(_, since)| since.elapsed() < USER_KEPT) {
            return Ok(id);
        }
        let answer = self.call("users.lookupByEmail", &[("email", email)]).await?;
        let id = answer.user.map(|user| user.id).unwrap_or_default();
        lock(&self.users).insert(email.to_owned(), (id.clone(), Instant::now()));
        Ok(id)
    }

    async fn call(&self, method: &str, form: &[(&str, &str)]) -> Result<Answer, Refusal> {
        self.silence.over().await;
        let mut form = form.to_vec();
        form.push(("token", self.token.expose_secret()));
        let sent = self.http.post(format!("{}/{method}", self.url)).timeout(TIMEOUT).form(&form).send().await;
        let answer = sent.map_err(|error| Refusal::Other(broken("Slack", error)))?;
        let status = answer.status();
        self.silence.heed(&answer);
        let text = answer.text().await.map_err(|error| Refusal::Other(broken("Slack", error)))?;
        if !status.is_success() {
            return Err(Refusal::Other(refused("Slack", status, &text)));
        }
        let answer: Answer = serde_json::from_str(&text)
            .map_err(|_| Refusal::Other(Undelivered::Later("Slack's answer is not understood".to_owned())))?;
        match answer.error.as_str() {
            _ if answer.ok => Ok(answer),
            error if NOBODY.contains(&error) => Err(Refusal::Nobody(answer.error)),
            error if PASSING.contains(&error) => {
                Err(Refusal::Other(Undelivered::Later(format!("Slack says {error}"))))
            }
            error => Err(Refusal::Other(Undelivered::Never(format!("Slack says {error}")))),
        }
    }
}

/// Why Slack did not do what it was asked.
enum Refusal {
    /// The recipient is not there.
    Nobody(String),
    Other(Undelivered),
}

impl From<Refusal> for Undelivered {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Nobody(why) => Self::Never(format!("Slack says {why}")),
            Refusal::Other(undelivered) => undelivered,
        }
    }
}

impl Deliver for Slack {
    async fn deliver(&self, payload: &[u8]) -> Result<(), Undelivered> {
        let post: Post = serde_json::from_slice(payload).map_err(|error| unreadable(&error))?;
        self.post(&post).await
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
