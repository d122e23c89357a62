//! One bare repository on the host, seen from the host's side.

use std::path::{Path, PathBuf};

use super::commit::{FORMAT, parse};
use super::{Commit, SecondWriter};
use crate::PartError;
use crate::tool::git;

/// A bare repository. What it tells is read from its files, whatever the switches of its host say.
#[derive(Clone, Debug)]
pub struct Repository {
    pub(super) path: PathBuf,
    pub(super) ssh_url: String,
    pub(super) http_url: String,
}

impl Repository {
    /// A bare repository that somebody else has made, such as a mirror; it has no address.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        Self { path: path.into(), ssh_url: String::new(), http_url: String::new() }
    }

    /// Its folder on disk.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its URL over SSH; see [`super::GitHost::ssh_command`].
    #[must_use]
    pub fn ssh_url(&self) -> &str {
        &self.ssh_url
    }

    /// Its URL over HTTP; see [`super::GitHost::token`].
    #[must_use]
    pub fn http_url(&self) -> &str {
        &self.http_url
    }

    /// Its URL over HTTP with a token in it, for clients that have no other place for one.
    #[must_use]
    pub fn http_url_with(&self, token: &str) -> String {
        self.http_url.replacen("http://", &format!("http://git:{token}@"), 1)
    }

    /// Its URL as a local folder.
    #[must_use]
    pub fn file_url(&self) -> String {
        format!("file://{}", self.path.display())
    }

    /// Someone else who commits to this repository.
    ///
    /// # Errors
    /// When no working copy can be made.
    pub fn second_writer(&self) -> Result<SecondWriter, PartError> {
        SecondWriter::clone(self)
    }

    /// The commits of a branch, newest first; none when there is no such branch.
    ///
    /// # Errors
    /// When git fails.
    pub fn log(&self, branch: &str) -> Result<Vec<Commit>, PartError> {
        if self.tip(branch)?.is_none() {
            return Ok(Vec::new());
        }
        let revision = format!("refs/heads/{branch}");
        let output = git(&self.path, &["log", &format!("--format={FORMAT}"), &revision, "--"])?;
        Ok(parse(&String::from_utf8_lossy(&output.stdout)))
    }

    /// The commit a branch points at.
    ///
    /// # Errors
    /// When git fails.
    pub fn tip(&self, branch: &str) -> Result<Option<String>, PartError> {
        let name = format!("refs/heads/{branch}");
        let refs = git(&self.path, &["for-each-ref", "--format=%(refname) %(objectname)", &name])?;
        let found = refs.stdout_text();
        Ok(found.lines().filter_map(|line| line.split_once(' ')).find_map(|(known, id)| {
            // The pattern also matches branches below the name.
            (known == name).then(|| id.to_owned())
        }))
    }

    /// The files of a revision, sorted.
    ///
    /// # Errors
    /// When there is no such revision.
    pub fn files(&self, revision: &str) -> Result<Vec<String>, PartError> {
        let output = git(&self.path, &["ls-tree", "-r", "--name-only", "-z", revision])?;
        let names = String::from_utf8_lossy(&output.stdout).into_owned();
        Ok(names.split_terminator('\0').map(Into::into).collect())
    }

    /// The content of a file at a revision.
    ///
    /// # Errors
    /// When there is no such revision or file.
    pub fn file(&self, revision: &str, path: &str) -> Result<String, PartError> {
        let output = git(&self.path, &["cat-file", "blob", &format!("{revision}:{path}")])?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// The commits of a branch, newest first, each with the files it has changed.
    ///
    /// # Errors
    /// When git fails.
    pub fn changed_files(&self, branch: &str) -> Result<Vec<(String, Vec<String>)>, PartError> {
        let revision = format!("refs/heads/{branch}");
        let output = git(&self.path, &["log", "--format=%x01%H", "--name-only", "-z", &revision, "--"])?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let commits = text.split('\u{1}').filter_map(|commit| {
            let mut names = commit.split('\0').map(str::trim).filter(|name| !name.is_empty());
            Some((names.next()?.to_owned(), names.map(str::to_owned).collect()))
        });
        Ok(commits.collect())
    }

    /// Lets a branch point at another commit, as a forced push does.
    ///
    /// # Errors
    /// When git fails.
    pub fn force(&self, branch: &str, commit: &str) -> Result<(), PartError> {
        git(&self.path, &["update-ref", &format!("refs/heads/{branch}"), commit]).map(drop)
    }

    /// Sets an option of the repository, such as `receive.unpackLimit`.
    ///
    /// # Errors
    /// When git fails.
    pub fn configure(&self, option: &str, value: &str) -> Result<(), PartError> {
        git(&self.path, &["config", option, value]).map(drop)
    }

    /// Checks all objects and links between them.
    ///
    /// # Errors
    /// When something is broken, with git's words.
    pub fn fsck(&self) -> Result<(), PartError> {
        git(&self.path, &["fsck", "--full", "--strict", "--no-dangling", "--no-progress"]).map(drop)
    }
}
