//! Pushing a build to the Git repository that the release manager reads artifacts from.
//!
//! The folder becomes one commit without history on a branch of its own, made from the files' bytes alone: no
//! attributes, no ignored files, no hooks. The same build makes the same commit, so that a push whose answer was lost
//! can be repeated; the branch is never forced, so that nothing can be overwritten.

use std::path::Path;
use std::time::Duration;

use artifact::{ArtifactSpec, BranchName};
use process::{Output, Program, RunError};
use tempfile::TempDir;

use super::git_error::GitError;
use super::retry::Retry;

/// Packing a build takes seconds, sending it minutes at worst.
const PATIENCE: Duration = Duration::from_secs(300);
/// Who the commit is from: it is not the work of a person.
const NAME: &str = "artifact";
const EMAIL: &str = "artifact@localhost";
/// What an environment may say about the way to the host.
const WAYS: [&str; 14] = [
    "SSH_AUTH_SOCK",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_ASKPASS",
    "SSH_ASKPASS",
    "GIT_SSL_CAINFO",
    "GIT_CONFIG_GLOBAL",
    "XDG_CONFIG_HOME",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "HTTPS_PROXY",
    "NO_PROXY",
    "ALL_PROXY",
];

/// A commit that is ready to be pushed, in a repository that is gone when we are.
#[derive(Debug)]
pub(super) struct Commit {
    repository: TempDir,
    id: String,
    branch: String,
}

impl Commit {
    /// Makes it of these files below the folder.
    pub(super) fn of(
        root: &Path,
        files: &[String],
        spec: &ArtifactSpec,
        prefix: &str,
    ) -> Result<Self, GitError> {
        let branch = format!("{prefix}{}/{}", spec.service, spec.id);
        let fits = branch.parse::<BranchName>().is_ok()
            && branch.split('/').all(|part| !part.starts_with('.') && !part.ends_with(".lock"));
        if !fits || branch.contains("@{") {
            return Err(GitError::Branch { branch });
        }
        // Git reads the list line by line, and keeps folders of this name to itself.
        let unfit = |file: &&String| {
            file.contains(['\n', '\r']) || file.split('/').any(|part| part.eq_ignore_ascii_case(".git"))
        };
        if let Some(path) = files.iter().find(unfit) {
            return Err(GitError::File { path: path.clone() });
        }
        let repository = TempDir::new().map_err(GitError::Temporary)?;
        let make = Making { root, repository: repository.path() };
        make.ask(&["init", "--quiet", "--bare", "--template="], Vec::new())?;
        let paths: String = files.iter().map(|file| format!("./{file}\n")).collect();
        let blobs = make.ask(&["hash-object", "-w", "--no-filters", "--stdin-paths"], paths)?;
        let entries: String =
            blobs.lines().zip(files).map(|(blob, file)| format!("100644 {blob}\t{file}\0")).collect();
        make.ask(&["update-index", "-z", "--index-info"], entries)?;
        let tree = make.ask(&["write-tree"], Vec::new())?;
        let date = format!("{} +0000", spec.ci.start.instant().as_second().max(0));
        let message = format!("{} {}\n", spec.service, spec.id);
        let commit = make
            .git(&["commit-tree", &tree])
            .env("GIT_AUTHOR_NAME", NAME)
            .env("GIT_AUTHOR_EMAIL", EMAIL)
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_NAME", NAME)
            .env("GIT_COMMITTER_EMAIL", EMAIL)
            .env("GIT_COMMITTER_DATE", &date);
        let id = done("commit-tree", commit.input(message).run()?)?;
        Ok(Self { repository, id, branch })
    }

    /// Pushes it, again when the host cannot be reached.
    pub(super) async fn push(&self, url: &str, retry: Retry<'_>) -> Result<(), GitError> {
        retry.until_done(|| async { self.push_once(url) }).await
    }

    fn push_once(&self, url: &str) -> Result<(), GitError> {
        let target = format!("{}:refs/heads/{}", self.id, self.branch);
        let mut push = Program::new("git")
            .args(["-c", "push.gpgSign=false", "push", "--porcelain", "--no-verify", "--no-follow-tags"])
            .args(["--", url, &target])
            .folder(self.repository.path())
            .env("GIT_DIR", self.repository.path())
            .env("GIT_TERMINAL_PROMPT", "0")
            .deadline(PATIENCE);
        for name in WAYS {
            push = push.inherit(name);
        }
        let output = push.run()?;
        if output.succeeded() {
            return Ok(());
        }
        Err(GitError::of_push(url, &self.branch, &output))
    }
}

/// The steps that make the commit.
struct Making<'a> {
    root: &'a Path,
    repository: &'a Path,
}

impl Making<'_> {
    fn git(&self, arguments: &[&str]) -> Program {
        Program::new("git")
            .args(arguments.iter().copied())
            .folder(self.root)
            .env("GIT_DIR", self.repository)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .deadline(PATIENCE)
    }

    fn ask(&self, arguments: &[&str], input: impl Into<Vec<u8>>) -> Result<String, GitError> {
        done(arguments[0], self.git(arguments).input(input).run()?)
    }
}

/// What a step printed. An index that complains has left a file out.
fn done(step: &str, output: Output) -> Result<String, GitError> {
    let whole = step != "update-index" || output.stderr.is_empty();
    if output.succeeded() && whole {
        return Ok(output.stdout_text());
    }
    Err(GitError::Step { step: step.to_owned(), said: output.stderr_text() })
}

impl From<RunError> for GitError {
    fn from(error: RunError) -> Self {
        Self::Run(error)
    }
}
