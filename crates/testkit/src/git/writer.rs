//! A second writer: someone who pushes to the repository while ours is at work.

use std::fs;
use std::os::unix::fs::symlink;

use tempfile::TempDir;

use super::Repository;
use crate::PartError;
use crate::service::{temp_folder, write};
use crate::tool::{git, git_at};

/// A person with a working copy. Each push starts from the newest state of the branch.
#[derive(Debug)]
pub struct SecondWriter {
    copy: TempDir,
}

/// One entry of a commit that is made without a working copy, so that it may be anything Git can hold.
#[derive(Clone, Copy, Debug)]
pub struct TreeFile<'a> {
    /// Git's mode: `100644`, `100755`, `120000` for a link, `160000` for a submodule.
    pub mode: &'a str,
    /// Its path from the root.
    pub path: &'a str,
    /// Its content.
    pub content: &'a [u8],
}

impl<'a> TreeFile<'a> {
    /// An ordinary file.
    #[must_use]
    pub fn new(path: &'a str, content: &'a [u8]) -> Self {
        Self { mode: "100644", path, content }
    }
}

impl SecondWriter {
    pub(super) fn clone(repository: &Repository) -> Result<Self, PartError> {
        let copy = temp_folder()?;
        let folder = copy.path();
        git(folder, &["init", "--quiet", "--initial-branch=main"])?;
        git(folder, &["config", "user.name", "Second Writer"])?;
        git(folder, &["config", "user.email", "second@example.test"])?;
        git(folder, &["remote", "add", "origin", &repository.path().display().to_string()])?;
        Ok(Self { copy })
    }

    /// Commits one file to a branch, which is made when it is missing, and pushes; returns the commit's id.
    ///
    /// # Errors
    /// When the push is refused or git fails.
    pub fn push(&self, branch: &str, file: &str, content: &str, message: &str) -> Result<String, PartError> {
        self.push_files(branch, &[(file, content)], message)
    }

    /// Like [`Self::push`], with many files in one commit.
    ///
    /// # Errors
    /// When the push is refused or git fails.
    pub fn push_files(
        &self,
        branch: &str,
        files: &[(&str, &str)],
        message: &str,
    ) -> Result<String, PartError> {
        let folder = self.copy.path();
        self.start_from(branch)?;
        for (file, content) in files {
            let path = folder.join(file);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).map_err(PartError::io(format!("make {}", parent.display())))?;
            }
            write(&path, content)?;
        }
        self.land(branch, message)
    }

    /// Points a branch at a commit of these files alone, without history, as CI does for an artifact; a branch that is
    /// there is moved by force. Returns the commit's id.
    ///
    /// # Errors
    /// When the push is refused or git fails.
    pub fn push_alone(
        &self,
        branch: &str,
        files: &[TreeFile<'_>],
        time: Option<&str>,
    ) -> Result<String, PartError> {
        let folder = self.copy.path();
        git(folder, &["read-tree", "--empty"])?;
        for TreeFile { mode, path, content } in files {
            let id = match *mode {
                // A submodule is a commit of elsewhere.
                "160000" => "1234567890123456789012345678901234567890".to_owned(),
                _ => {
                    let file = folder.join(".git/content");
                    fs::write(&file, content).map_err(PartError::io("write a file's content"))?;
                    git(folder, &["hash-object", "-w", "--no-filters", ".git/content"])?.stdout_text()
                }
            };
            git(folder, &["update-index", "--add", "--cacheinfo", &format!("{mode},{id},{path}")])?;
        }
        let tree = git(folder, &["write-tree"])?.stdout_text();
        let commit = git_at(folder, time, &["commit-tree", "-m", branch, &tree])?.stdout_text();
        git(folder, &["push", "--quiet", "--force", "origin", &format!("{commit}:refs/heads/{branch}")])?;
        Ok(commit)
    }

    /// Removes a branch from the host.
    ///
    /// # Errors
    /// When there is none or git fails.
    pub fn delete_branch(&self, branch: &str) -> Result<(), PartError> {
        git(self.copy.path(), &["push", "--quiet", "origin", &format!(":refs/heads/{branch}")]).map(drop)
    }

    /// Commits a symbolic link to a branch, and pushes; returns the commit's id.
    ///
    /// # Errors
    /// When something is there already, the push is refused or git fails.
    pub fn link(&self, branch: &str, file: &str, target: &str, message: &str) -> Result<String, PartError> {
        self.start_from(branch)?;
        let path = self.copy.path().join(file);
        let made = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| symlink(target, &path));
        made.map_err(PartError::io(format!("link {}", path.display())))?;
        self.land(branch, message)
    }

    /// Removes files or folders from a branch in one commit, and pushes; returns the commit's id.
    ///
    /// # Errors
    /// When there is no such path, the push is refused or git fails.
    pub fn remove(&self, branch: &str, paths: &[&str], message: &str) -> Result<String, PartError> {
        self.start_from(branch)?;
        git(self.copy.path(), &[&["rm", "-r", "--quiet", "--"], paths].concat())?;
        self.land(branch, message)
    }

    fn start_from(&self, branch: &str) -> Result<(), PartError> {
        let folder = self.copy.path();
        git(folder, &["fetch", "--quiet", "--prune", "origin"])?;
        let remote = format!("refs/remotes/origin/{branch}");
        let known = git(folder, &["for-each-ref", "--format=%(refname)"])?.stdout_text();
        if known.lines().any(|name| name == remote) {
            git(folder, &["checkout", "--quiet", "--force", "-B", branch, &remote])?;
        } else if known.is_empty() {
            git(folder, &["symbolic-ref", "HEAD", &format!("refs/heads/{branch}")])?;
        } else {
            git(folder, &["checkout", "--quiet", "--force", "-B", branch])?;
        }
        Ok(())
    }

    fn land(&self, branch: &str, message: &str) -> Result<String, PartError> {
        let folder = self.copy.path();
        git(folder, &["add", "--all"])?;
        git(folder, &["commit", "--quiet", "--allow-empty", "--message", message])?;
        git(folder, &["push", "--quiet", "origin", &format!("HEAD:refs/heads/{branch}")])?;
        Ok(git(folder, &["rev-parse", "HEAD"])?.stdout_text())
    }
}
