//! What a release would change in the files of a service. Not in the original.

use serde::{Deserialize, Serialize};

/// The answer to `GET /diff/{service}/{environment}?artifact=A` or `?branch=B`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DiffResponse {
    /// The service.
    pub service: String,
    /// The environment.
    pub environment: String,
    /// The artifact that runs there; empty when none does.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub running: String,
    /// The artifact it is compared with.
    pub artifact: String,
    /// The files that differ, by name.
    pub files: Vec<ChangedFile>,
    /// How many files are the same on both sides.
    pub unchanged: usize,
}

/// A file that differs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChangedFile {
    /// Its name below the service's folder.
    pub name: String,
    /// What runs; `None` for a new file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<FileText>,
    /// What would run; `None` for a file that goes away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<FileText>,
}

/// One side of a file. The values of Kubernetes secrets are masked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FileText {
    /// Its text; empty when it is not shown.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Why it is not shown, such as `binary, 1200 bytes`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub omitted: String,
}
