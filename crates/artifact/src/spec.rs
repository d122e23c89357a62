//! The content of `artifact.json` (spec, section 3.1).

use serde::{Deserialize, Serialize};

use crate::{Person, Stage, WireTime};

/// What CI says about an artifact. Texts are empty when CI did not say.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ArtifactSpec {
    /// The artifact's id.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// The service it is a version of.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub service: String,
    /// The Kubernetes namespace; empty for "the environment's own".
    #[serde(skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// The commit it was built from.
    pub application: Repository,
    /// The job that built it.
    pub ci: Ci,
    /// The team that owns the service.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub squad: String,
    /// The shuttle plan its manifests were rendered from.
    pub shuttle: Shuttle,
    /// The steps of the build.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<Stage>,
}

/// A commit of a repository.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Repository {
    /// The branch.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub branch: String,
    /// The commit id.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub sha: String,
    /// Who wrote the commit.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub author_name: String,
    /// The author's address.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub author_email: String,
    /// Who committed it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub committer_name: String,
    /// The committer's address.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub committer_email: String,
    /// The commit message.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// The repository's name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Where people can look at it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// The host's kind, such as `GitHub`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub provider: String,
}

/// A CI job.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Ci {
    /// Where people can look at it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub job_url: String,
    /// When it started.
    pub start: WireTime,
    /// When it ended; the zero time while it runs.
    pub end: WireTime,
}

/// The plan the manifests come from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Shuttle {
    /// The plan's commit.
    pub plan: Repository,
    /// The version of shuttle that rendered them.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub shuttle_version: String,
}

impl Repository {
    /// Who wrote the commit.
    #[must_use]
    pub fn author(&self) -> Person {
        Person::new(&self.author_name, &self.author_email)
    }

    /// Who committed it.
    #[must_use]
    pub fn committer(&self) -> Person {
        Person::new(&self.committer_name, &self.committer_email)
    }
}

impl ArtifactSpec {
    /// Puts a stage in the place of the one with the same id, or at the end.
    pub fn set_stage(&mut self, stage: Stage) {
        match self.stages.iter_mut().find(|old| old.data.id() == stage.data.id()) {
            Some(old) => *old = stage,
            None => self.stages.push(stage),
        }
    }

    /// The file's content, as every step of CI writes it.
    ///
    /// # Errors
    /// When a value cannot be written as JSON.
    pub fn to_file(&self) -> serde_json::Result<Vec<u8>> {
        go_json::to_file(self)
    }
}
