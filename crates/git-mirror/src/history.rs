//! Commits, and how they follow each other.

use gix::ObjectId;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};

use crate::error::Cause;
use crate::{CommitId, Error, TreeId};

/// One commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its id.
    pub id: CommitId,
    /// The content of the root folder.
    pub tree: TreeId,
    /// Its parents; the first is where the branch was before.
    pub parents: Vec<CommitId>,
    /// Who wanted the change.
    pub author: Signature,
    /// Who made the commit.
    pub committer: Signature,
    /// The whole message; bytes that are not UTF-8 are replaced.
    pub message: String,
}

/// A person at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The name, possibly empty.
    pub name: String,
    /// The e-mail address, possibly empty.
    pub email: String,
    /// When, in the zone that was written down. A time Git could not write itself reads as the epoch.
    pub time: Zoned,
}

/// Commits along first parents, newest first.
pub struct History {
    repo: gix::Repository,
    next: Option<CommitId>,
}

impl History {
    pub(crate) fn new(repo: gix::Repository, from: CommitId) -> Self {
        Self { repo, next: Some(from) }
    }
}

impl Iterator for History {
    type Item = Result<Commit, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let commit = read(&self.repo, self.next.take()?.0);
        if let Ok(commit) = &commit {
            self.next = commit.parents.first().copied();
        }
        Some(commit)
    }
}

pub(crate) fn read(repo: &gix::Repository, id: ObjectId) -> Result<Commit, Error> {
    let wrong = |error: Cause| Error::read(format!("commit {id}"), error);
    let commit = repo.find_commit(id).map_err(|error| wrong(error.into()))?;
    let decoded = commit.decode().map_err(|error| wrong(error.into()))?;
    Ok(Commit {
        id: CommitId(id),
        tree: TreeId(decoded.tree()),
        parents: decoded.parents().map(CommitId).collect(),
        author: signature(decoded.author()),
        committer: signature(decoded.committer()),
        message: String::from_utf8_lossy(decoded.message).into_owned(),
    })
}

fn signature(signature: gix::Result<gix::actor::SignatureRef<'_>>) -> Signature {
    let Ok(signature) = signature else {
        return Signature { name: String::new(), email: String::new(), time: zoned(0, 0) };
    };
    let time = signature.time().unwrap_or_default();
    Signature {
        name: String::from_utf8_lossy(signature.name).trim().to_owned(),
        email: String::from_utf8_lossy(signature.email).trim().to_owned(),
        time: zoned(time.seconds, time.offset),
    }
}

fn zoned(seconds: i64, offset: i32) -> Zoned {
    let time = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
    let offset = Offset::from_seconds(offset).unwrap_or(Offset::UTC);
    time.to_zoned(TimeZone::fixed(offset))
}

/// Commits reachable from the other parents and not from the first, parents before children. The order is a
/// function of the merge alone.
pub(crate) fn merged_by(repo: &gix::Repository, merge: &Commit) -> Result<Vec<Commit>, Error> {
    let [first, others @ ..] = merge.parents.as_slice() else { return Ok(Vec::new()) };
    if others.is_empty() {
        return Ok(Vec::new());
    }
    let wrong = |error: Cause| Error::read(format!("the commits merged by {}", merge.id), error);
    let walk = repo
        .rev_walk(others.iter().map(|id| id.0))
        .with_hidden([first.0])
        .all()
        .map_err(|error| wrong(error.into()))?;
    let mut side = Vec::new();
    for info in walk {
        side.push(read(repo, info.map_err(|error| wrong(error.into()))?.id)?);
    }
    Ok(parents_first(side))
}

/// Sorts commits so that parents come before children, older before younger, equals by id.
fn parents_first(mut commits: Vec<Commit>) -> Vec<Commit> {
    commits.sort_by_key(|commit| (commit.committer.time.timestamp(), commit.id));
    let mut sorted: Vec<Commit> = Vec::with_capacity(commits.len());
    let mut placed = std::collections::HashSet::new();
    while !commits.is_empty() {
        let waiting: std::collections::HashSet<CommitId> = commits.iter().map(|commit| commit.id).collect();
        let (ready, rest): (Vec<_>, Vec<_>) = commits.into_iter().partition(|commit| {
            let ready =
                commit.parents.iter().all(|parent| !waiting.contains(parent) || placed.contains(parent));
            if ready {
                placed.insert(commit.id);
            }
            ready
        });
        sorted.extend(ready);
        commits = rest;
    }
    sorted
}

pub(crate) fn is_ancestor(repo: &gix::Repository, old: CommitId, new: CommitId) -> Result<bool, Error> {
    if old == new {
        return Ok(true);
    }
    // The usual case, a few commits on a straight line, is cheaper to walk than to paint.
    let mut at = new.0;
    for _ in 0..STRAIGHT {
        let commit = read(repo, at)?;
        match commit.parents.as_slice() {
            [only] if *only == old => return Ok(true),
            [only] => at = only.0,
            _ => break,
        }
    }
    let bases = repo
        .merge_bases_many(old.0, &[new.0])
        .map_err(|error| Error::read(format!("the common history of {old} and {new}"), error))?;
    Ok(bases.iter().any(|base| base.detach() == old.0))
}

/// How far a straight line is followed before the general way is taken.
const STRAIGHT: usize = 256;
