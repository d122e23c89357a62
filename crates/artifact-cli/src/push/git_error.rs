//! What fails a push to Git.

use std::borrow::Cow;
use std::io;

use explain::{Explain, Kind};
use process::{Output, RunError};

/// Why a build is not in the repository. Logins in the repository's address are a secret: no message holds them.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GitError {
    #[error("'{branch}' cannot be a branch in Git")]
    Branch { branch: String },
    #[error("'{path}' has a name that Git does not take")]
    File { path: String },
    #[error("cannot make a temporary folder")]
    Temporary(#[source] io::Error),
    #[error(transparent)]
    Run(RunError),
    #[error("`git {step}` failed: {said}")]
    Step { step: String, said: String },
    #[error("the branch '{branch}' is there already, with other content")]
    AlreadyThere { branch: String },
    #[error("{address} refused the branch '{branch}': {said}")]
    Refused { address: String, branch: String, said: String },
    #[error("{address} does not let this job in: {said}")]
    Login { address: String, said: String },
    #[error("there is no repository at {address}: {said}")]
    NoRepository { address: String, said: String },
    #[error("cannot push to {address}: {said}")]
    Unreachable { address: String, said: String },
}

impl Explain for GitError {
    fn kind(&self) -> Kind {
        match self {
            Self::Branch { .. } | Self::File { .. } => Kind::Invalid,
            Self::Temporary(_) | Self::Step { .. } => Kind::Failed,
            Self::Run(error) => error.kind(),
            Self::AlreadyThere { .. } => Kind::Conflict,
            Self::Refused { .. } => Kind::Denied,
            Self::Login { .. } => Kind::Unauthenticated,
            Self::NoRepository { .. } => Kind::NotFound,
            Self::Unreachable { .. } => Kind::Unavailable,
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Branch { .. } => "give the build an id that a branch can have, with `artifact init`".into(),
            Self::File { .. } => "rename or remove it".into(),
            Self::Temporary(_) | Self::Step { .. } => {
                "check that the folder for temporary files has room".into()
            }
            Self::Run(error) => error.next_step(),
            Self::AlreadyThere { .. } => "give each build an id of its own with `artifact init`".into(),
            Self::Refused { .. } => "let this job's key create branches there".into(),
            Self::Login { .. } => "check the key or token of this CI job".into(),
            Self::NoRepository { .. } => "check --git, and that this job's key may see it".into(),
            Self::Unreachable { .. } => "check --git, and that this CI job can reach the host".into(),
        }
    }
}

impl GitError {
    /// Reads what a push that failed has printed.
    pub(super) fn of_push(url: &str, branch: &str, output: &Output) -> Self {
        let address = without_login(url);
        let (status, talk) = (output.stdout_text(), output.stderr_text());
        let branch = branch.to_owned();
        let refused = status.lines().find_map(|line| line.strip_prefix("!\t")?.split_once('\t'));
        if let Some((_, reason)) = refused {
            // The ref is there and is no ancestor of ours; ours has none.
            if reason.starts_with("[rejected]") {
                return Self::AlreadyThere { branch };
            }
            return Self::Refused { address, branch, said: reason.to_owned() };
        }
        let lines = || talk.lines().map(|line| line.replace(url, &address));
        let said = lines().find(|line| line.starts_with("fatal: ") || line.contains("Permission denied"));
        let said = said.or_else(|| lines().next_back()).unwrap_or_default();
        let login = ["Permission denied", "Authentication failed", "could not read Username", "error: 403"];
        if login.iter().any(|words| talk.contains(words)) {
            return Self::Login { address, said };
        }
        if talk.contains("not appear to be a git repository") || talk.contains("not found") {
            return Self::NoRepository { address, said };
        }
        Self::Unreachable { address, said }
    }
}

/// An address without the name and the token before the `@`.
fn without_login(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host.rsplit('@').next().unwrap_or(host);
    format!("{scheme}://{host}/{path}")
}
