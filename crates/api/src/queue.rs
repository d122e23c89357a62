//! Work that is accepted and not done. Not in the original.

use artifact::WireTime;
use serde::{Deserialize, Serialize};

/// `GET /queue`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct QueueResponse {
    /// Oldest first.
    pub items: Vec<QueueItem>,
}

/// One piece of work; what exactly it asks for stays inside the server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct QueueItem {
    /// Its number, for `POST /queue/{id}/retry`.
    pub id: u64,
    /// What kind of work, such as `release` or `slack`.
    pub kind: String,
    /// What it is about: `environment/service` for a release. Items of one key keep their order.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// How it stands.
    pub state: QueueItemState,
    /// How often it was tried.
    pub attempts: u32,
    /// Why the last try failed.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// When it was accepted.
    pub accepted_at: WireTime,
}

/// How it stands with a piece of work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum QueueItemState {
    /// It waits for its turn.
    #[default]
    Pending,
    /// It is being done.
    Taken,
    /// It failed, and is tried again after a pause.
    Delayed,
    /// It was given up, and is tried again when somebody says so.
    Dead,
}

impl QueueItemState {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Taken => "taken",
            Self::Delayed => "delayed",
            Self::Dead => "dead",
        }
    }
}

/// The answer to `POST /queue/{id}/retry`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RetryResponse {
    /// The number under which it waits from now on.
    pub id: u64,
}
