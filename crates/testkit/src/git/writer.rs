//! A second writer: someone who pushes to the repository while ours is at work.

use std::fs;

use tempfile::TempDir;

use super::Repository;
use crate::PartError;
use crate::service::{temp_folder, write};
use crate::tool::git;

/// A person with a working copy. Each push starts from the newest state of the branch.
#[derive(Debug)]
pub struct SecondWriter {
    copy: TempDir,
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
