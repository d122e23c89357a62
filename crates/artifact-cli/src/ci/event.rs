//! The event file of GitHub Actions: what GitHub says of the push or the pull request.

use serde::Deserialize;

/// The parts that tell of the commit.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Event {
    pub(super) pull_request: Option<PullRequest>,
    pub(super) head_commit: Option<HeadCommit>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct PullRequest {
    pub(super) head: Head,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Head {
    pub(super) sha: String,
    #[serde(rename = "ref")]
    pub(super) branch: String,
    /// Nothing when the fork is gone.
    pub(super) repo: Option<Repo>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Repo {
    pub(super) full_name: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct HeadCommit {
    pub(super) id: String,
    pub(super) message: String,
    pub(super) author: Somebody,
    pub(super) committer: Somebody,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Somebody {
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
}
