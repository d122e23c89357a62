//! Whether the server can do its work. Not in the original.

use serde::{Deserialize, Serialize};

/// `GET /readyz`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReadinessResponse {
    /// Whether requests should come here: no check that is needed has failed. The status is 200 then, else 503.
    pub ready: bool,
    /// The version of the server.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// One item a part.
    pub checks: Vec<Check>,
}

/// How it stands with one part.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Check {
    /// The part, such as `configRepository`.
    pub name: String,
    /// Whether it works.
    pub ok: bool,
    /// Whether nothing can be served without it. Work for another part waits until it is back.
    pub needed: bool,
    /// Why it does not work.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
}
