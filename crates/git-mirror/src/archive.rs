//! A mirror of many branches, each kept as it was first seen.
//!
//! Where every branch is one thing that never changes, such as a build, the first commit that a name has pointed at is
//! the thing. It stays here under a ref of our own, whatever the remote does to its branch later. A branch is
//! *incoming* until its owner has taken note of it and keeps it, so that a crash in between tells of it again.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use tracing::debug;

use crate::open::{self, Folder};
use crate::porcelain::{self, FetchFailure};
use crate::{
    Branch, Commit, CommitId, Credentials, Error, Reader, Remote, RemoteError, RemoteUrl, Snapshot, Tls, git,
};

/// Branches taken with one run of git: its command line and its pack stay of a size.
const BRANCHES_AT_ONCE: usize = 500;

/// Packs above this number are rolled up, and refs written into one file.
const MOST_PACKS: usize = 50;

/// A file that is there when the first look at the remote has ended.
const BEGUN: &str = "begun";

const INCOMING: &str = "refs/incoming/";
const KEPT: &str = "refs/kept/";

/// Which branches, and where.
#[derive(Clone, Debug)]
pub struct ArchiveSource {
    /// The remote's address.
    pub url: RemoteUrl,
    /// How we prove who we are; reading is enough.
    pub credentials: Credentials,
    /// What HTTPS needs beside what the system has.
    pub tls: Tls,
    /// What the names of the branches begin with, such as `artifacts/`; empty for all branches.
    pub prefix: String,
    /// How long one run of git may take.
    pub deadline: Duration,
}

/// The writing half, held by this process alone.
#[derive(Debug)]
pub struct Archive {
    folder: Folder,
    remote: Remote,
    prefix: String,
    reader: ArchiveReader,
}

/// The reading half; clone it for every thread. Names are those of branches, without the prefix.
#[derive(Clone, Debug)]
pub struct ArchiveReader {
    reader: Reader,
}

/// A branch of the remote that is not where it was first seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Its name, without the prefix.
    pub name: String,
    /// Where it was first seen, and what is kept.
    pub kept: CommitId,
    /// Where it is now.
    pub now: CommitId,
}

impl Archive {
    /// Opens the archive in a folder of our own, or begins one. Talks to no remote.
    ///
    /// # Errors
    /// When the prefix cannot begin the name of a branch, the folder cannot be used, or another process uses it.
    pub fn open(folder: &Path, source: ArchiveSource) -> Result<Self, Error> {
        // Names no branch there is: it only has to differ where the source does.
        let branch: Branch = format!("archive/{}x", source.prefix)
            .parse()
            .map_err(|error: crate::InvalidRemote| Error::read("the prefix of the branches", error))?;
        let ArchiveSource { url, credentials, tls, prefix, deadline } = source;
        let remote = Remote { url, branch, credentials, tls, deadline };
        let (folder, reader) = open::open(folder, &remote)?;
        Ok(Self { folder, remote, prefix, reader: ArchiveReader { reader } })
    }

    /// The reading half.
    #[must_use]
    pub fn reader(&self) -> ArchiveReader {
        self.reader.clone()
    }

    /// Takes branches that were never seen, if `wanted` wants their name, and answers which of the others have moved.
    /// New ones are [incoming](ArchiveReader::incoming) afterwards.
    ///
    /// # Errors
    /// When the remote does not answer or lets us in, or the mirror cannot be written. What came before stays.
    pub fn fetch(&mut self, wanted: impl Fn(&str) -> bool) -> Result<Vec<Moved>, Error> {
        if let Some(repo) = open::heal(&self.folder.git_dir, &self.remote.branch)? {
            self.reader.reader.replace(repo);
        }
        let pattern = format!("refs/heads/{}*", self.prefix);
        let output =
            git::list(&self.folder.git_dir, &self.remote, &pattern).map_err(|error| self.program(error))?;
        if !output.succeeded() {
            return Err(self.failed(porcelain::fetch_failure(&output)));
        }
        let shown = porcelain::listed(&output, &format!("refs/heads/{}", self.prefix));
        let mut known = self.reader.under(KEPT, "")?;
        known.extend(self.reader.under(INCOMING, "")?);
        let (new, moved) = compare(shown, &known, wanted);
        debug!(new = new.len(), moved = moved.len(), remote = %self.remote.url, "looked at the branches");
        for names in new.chunks(BRANCHES_AT_ONCE) {
            self.take(names)?;
        }
        Ok(moved)
    }

    /// Keeps an incoming branch for good: its owner has taken note of it.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn keep(&mut self, name: &str, commit: CommitId) -> Result<(), Error> {
        self.reader.reader.set(&format!("{KEPT}{name}"), commit)?;
        self.reader.reader.forget(&format!("{INCOMING}{name}"))
    }

    /// Whether this is the archive's first look at the remote: what comes then was there before us, and is no news.
    #[must_use]
    pub fn is_new(&self) -> bool {
        !self.folder.git_dir.join(BEGUN).exists()
    }

    /// Ends the first look: everything of it is kept.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn begin(&mut self) -> Result<(), Error> {
        let path = self.folder.git_dir.join(BEGUN);
        std::fs::write(&path, b"").map_err(Error::folder(&path))
    }

    /// Whether so many packs have come together that [`Archive::tidy`] is due.
    #[must_use]
    pub fn is_untidy(&self) -> bool {
        open::count_packs(&self.folder.git_dir) > MOST_PACKS
    }

    /// Rolls small packs up and writes the refs into one file. Readers are not disturbed.
    ///
    /// # Errors
    /// When git fails.
    pub fn tidy(&mut self) -> Result<(), Error> {
        for run in [git::repack, git::pack_refs] {
            let output = run(&self.folder.git_dir).map_err(|error| self.program(error))?;
            if !output.succeeded() {
                return Err(Error::write("rolled up packs and refs", output.stderr_text()));
            }
        }
        Ok(())
    }

    fn take(&self, names: &[String]) -> Result<(), Error> {
        let refspec = |name: &String| format!("refs/heads/{}{name}:{INCOMING}{name}\n", self.prefix);
        let refspecs: String = names.iter().map(refspec).collect();
        let output = git::fetch_tips(&self.folder.git_dir, &self.remote, refspecs)
            .map_err(|error| self.program(error))?;
        if output.succeeded() {
            return Ok(());
        }
        match porcelain::fetch_failure(&output) {
            // One is gone since it was listed: the next look knows.
            FetchFailure::NoBranch => Ok(()),
            failure => Err(self.failed(failure)),
        }
    }

    fn failed(&self, failure: FetchFailure) -> Error {
        let url = self.remote.url.to_string();
        match failure {
            FetchFailure::NoBranch => RemoteError::Failed { url, text: "a branch is gone".to_owned() }.into(),
            FetchFailure::Unreachable(text) => RemoteError::Unreachable { url, text }.into(),
            FetchFailure::Refused(text) => RemoteError::Refused { url, text }.into(),
            FetchFailure::Other(text) => RemoteError::Failed { url, text }.into(),
        }
    }

    fn program(&self, source: process::RunError) -> RemoteError {
        RemoteError::Program { url: self.remote.url.to_string(), source }
    }
}

/// Which names are new, and which are not where they were.
fn compare(
    shown: Vec<(String, CommitId)>,
    known: &BTreeMap<String, CommitId>,
    wanted: impl Fn(&str) -> bool,
) -> (Vec<String>, Vec<Moved>) {
    let (mut new, mut moved) = (Vec::new(), Vec::new());
    for (name, now) in shown {
        match known.get(&name) {
            None if wanted(&name) => new.push(name),
            Some(kept) if *kept != now => moved.push(Moved { name, kept: *kept, now }),
            None | Some(_) => {}
        }
    }
    (new, moved)
}

impl ArchiveReader {
    /// Where a branch was when it was first seen.
    ///
    /// # Errors
    /// When the ref cannot be read.
    pub fn find(&self, name: &str) -> Result<Option<CommitId>, Error> {
        match self.reader.resolve(&format!("{KEPT}{name}"))? {
            Some(commit) => Ok(Some(commit)),
            None => self.reader.resolve(&format!("{INCOMING}{name}")),
        }
    }

    /// Every branch in a folder of names, such as `billing/`, with where it was when it was first seen.
    ///
    /// # Errors
    /// When the refs cannot be read.
    pub fn list(&self, folder: &str) -> Result<BTreeMap<String, CommitId>, Error> {
        let mut branches = self.under(INCOMING, folder)?;
        branches.extend(self.under(KEPT, folder)?);
        Ok(branches)
    }

    /// The branches that came and are not kept yet.
    ///
    /// # Errors
    /// When the refs cannot be read.
    pub fn incoming(&self) -> Result<BTreeMap<String, CommitId>, Error> {
        self.under(INCOMING, "")
    }

    /// One commit; of its parents nothing is here.
    ///
    /// # Errors
    /// When it is not in the mirror.
    pub fn commit(&self, id: CommitId) -> Result<Commit, Error> {
        self.reader.commit(id)
    }

    /// The files at a commit.
    ///
    /// # Errors
    /// When the commit is not in the mirror.
    pub fn snapshot(&self, commit: CommitId) -> Result<Snapshot, Error> {
        self.reader.snapshot(commit)
    }

    fn under(&self, root: &str, folder: &str) -> Result<BTreeMap<String, CommitId>, Error> {
        self.reader.refs_below(root, folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_new_once_and_moved_when_it_is_elsewhere() {
        let id = |digit: &str| digit.repeat(40).parse::<CommitId>().unwrap();
        let known = BTreeMap::from([("a/1".to_owned(), id("1")), ("a/2".to_owned(), id("2"))]);
        let shown = vec![
            ("a/1".to_owned(), id("1")),
            ("a/2".to_owned(), id("3")),
            ("a/3".to_owned(), id("4")),
            ("main".to_owned(), id("5")),
        ];
        let (new, moved) = compare(shown, &known, |name| name.contains('/'));
        assert_eq!(new, ["a/3"]);
        assert_eq!(moved, [Moved { name: "a/2".to_owned(), kept: id("2"), now: id("3") }]);
    }
}
