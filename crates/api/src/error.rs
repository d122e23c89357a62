//! The body of every handled error (spec, section 2.2).

use serde::{Deserialize, Serialize};

/// What went wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ErrorBody {
    /// The HTTP status again.
    pub status: u16,
    /// What a person reads.
    pub message: String,
    /// The next step. Not in the original.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub hint: String,
    /// How a program has to treat it: a kind of `explain`. Not in the original.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// The release that was refused, for `GET /releases/{id}`; empty for all else. Not in the original.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
}
