//! The Slack Web API, as far as a build needs it (spec, section 9.1).

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::RETRY_AFTER;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::http::{self, Lost};
use crate::message::Message;

/// How long a build waits for Slack.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a pause may be that Slack asks for, and how often it may.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
const MOST_CALLS: usize = 3;

/// Speaks to Slack.
#[derive(Clone, Debug)]
pub(crate) struct Slack {
    url: String,
    token: SecretString,
}

/// Why Slack does not know.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SlackError {
    #[error("could not reach Slack")]
    Unreachable(#[source] Lost),
    #[error("Slack refused {method}: {code}")]
    Refused { method: &'static str, code: String },
    #[error("Slack has no time for {method}")]
    Busy { method: &'static str, pause: Option<Duration> },
    #[error("cannot write the message")]
    Encoding(#[source] serde_json::Error),
}

#[derive(Debug, Serialize)]
struct Attachment<'a> {
    color: &'a str,
    fallback: &'a str,
    title: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    title_link: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    text: &'a str,
    mrkdwn_in: [&'a str; 2],
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Answer {
    ok: bool,
    error: String,
    channel: String,
    ts: String,
    user: User,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct User {
    id: String,
}

impl Slack {
    pub(crate) fn new(url: &str, token: SecretString) -> Self {
        Self { url: url.trim_end_matches('/').to_owned(), token }
    }

    /// The id of the person with this address, to whom messages can be posted.
    pub(crate) async fn person(&self, email: &str) -> Result<String, SlackError> {
        Ok(self.call("users.lookupByEmail", &[("email", email)]).await?.user.id)
    }

    /// Posts a message and notes in it where it stands.
    pub(crate) async fn post(&self, channel: &str, message: &mut Message) -> Result<(), SlackError> {
        let attachments = attachments(message)?;
        let form = [("channel", channel), ("as_user", "true"), ("attachments", &attachments)];
        let answer = self.call("chat.postMessage", &form).await?;
        message.channel = answer.channel;
        message.timestamp = answer.ts;
        Ok(())
    }

    /// Shows a message that was posted before as it is now.
    pub(crate) async fn update(&self, message: &Message) -> Result<(), SlackError> {
        let attachments = attachments(message)?;
        let form = [
            ("channel", message.channel.as_str()),
            ("ts", &message.timestamp),
            ("as_user", "true"),
            ("attachments", &attachments),
        ];
        self.call("chat.update", &form).await.map(drop)
    }

    /// Calls a method, and again when Slack asks for a pause that a build can bear.
    async fn call(&self, method: &'static str, form: &[(&str, &str)]) -> Result<Answer, SlackError> {
        for _ in 1..MOST_CALLS {
            match self.call_once(method, form).await {
                Err(SlackError::Busy { pause: Some(pause), .. }) if pause <= LONGEST_PAUSE => {
                    tokio::time::sleep(pause).await;
                }
                other => return other,
            }
        }
        self.call_once(method, form).await
    }

    async fn call_once(&self, method: &'static str, form: &[(&str, &str)]) -> Result<Answer, SlackError> {
        let unreachable = |source: reqwest::Error| SlackError::Unreachable(source.into());
        let mut form = form.to_vec();
        form.push(("token", self.token.expose_secret()));
        let http = http::client(&self.url, PATIENCE).map_err(unreachable)?;
        let response =
            http.post(format!("{}/{method}", self.url)).form(&form).send().await.map_err(unreachable)?;
        let status = response.status();
        if status == StatusCode::TOO_MANY_REQUESTS {
            let seconds =
                response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
            return Err(SlackError::Busy { method, pause: seconds.map(Duration::from_secs) });
        }
        let bytes = response.bytes().await.map_err(unreachable)?;
        match serde_json::from_slice::<Answer>(&bytes) {
            Ok(answer) if answer.ok => Ok(answer),
            Ok(answer) if !answer.error.is_empty() => Err(SlackError::Refused { method, code: answer.error }),
            _ => Err(SlackError::Refused { method, code: format!("status {}", status.as_u16()) }),
        }
    }
}

fn attachments(message: &Message) -> Result<String, SlackError> {
    let attachment = Attachment {
        color: &message.color,
        fallback: "",
        title: &message.title,
        title_link: &message.title_link,
        text: &message.text,
        mrkdwn_in: ["text", "fields"],
    };
    serde_json::to_string(&[attachment]).map_err(SlackError::Encoding)
}
