//! Commits built in memory, on top of each other.

use std::cell::RefCell;
use std::collections::HashSet;
use std::path::Path;
use std::rc::Rc;

use gix::ObjectId;
use gix::objs::{Kind, Write};

use crate::pack::{NewObject, StoredPack};
use crate::{CommitId, Error, Signature, Signer, Snapshot, TreePath, history, pack, tree_edit};

/// Commits that nobody has seen yet. Reading goes through [`Batch::snapshot`], which sees what was committed so far.
///
/// Dropped without a push, it leaves no trace.
pub struct Batch {
    repo: Rc<gix::Repository>,
    base: Option<CommitId>,
    head: Option<CommitId>,
    new: RefCell<New>,
}

/// What is new.
#[derive(Default)]
struct New {
    ids: HashSet<ObjectId>,
    /// In the order it was made, which is the order of the pack.
    objects: Vec<NewObject>,
}

/// One change to the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// This file has this content from now on; whatever was in its way is gone.
    Put {
        /// The file.
        path: TreePath,
        /// All of its content.
        content: Vec<u8>,
        /// Whether its owner may execute it.
        executable: bool,
    },
    /// This file or folder, and all below it, is gone; nothing happens when it was not there.
    Remove {
        /// The file or folder.
        path: TreePath,
    },
}

/// All of a commit but its files and its place in history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCommit {
    /// Who wanted the change.
    pub author: Signature,
    /// Who makes the commit.
    pub committer: Signature,
    /// The whole message.
    pub message: String,
}

impl Batch {
    pub(crate) fn new(repo: gix::Repository, base: Option<CommitId>) -> Self {
        Self { repo: Rc::new(repo.with_object_memory()), base, head: base, new: RefCell::default() }
    }

    /// The commit the batch began at; `None` in a repository without commits.
    #[must_use]
    pub fn base(&self) -> Option<CommitId> {
        self.base
    }

    /// The last commit of the batch, or its base.
    #[must_use]
    pub fn head(&self) -> Option<CommitId> {
        self.head
    }

    /// The files at the head; `None` in a repository without commits.
    ///
    /// # Errors
    /// When the head cannot be read.
    pub fn snapshot(&self) -> Result<Option<Snapshot>, Error> {
        self.head.map(|head| Snapshot::new(Rc::clone(&self.repo), head)).transpose()
    }

    /// Applies changes in their order and commits the result; `None`, and no commit, when no file is different.
    ///
    /// # Errors
    /// When an object cannot be read, or the commit cannot be signed.
    pub fn commit(
        &mut self,
        changes: &[Change],
        commit: &NewCommit,
        signer: Option<&dyn Signer>,
    ) -> Result<Option<CommitId>, Error> {
        let before = self.head.map(|head| history::read(&self.repo, head.0)).transpose()?.map(|c| c.tree.0);
        let tree = tree_edit::apply(self, before, changes)?;
        if Some(tree) == before || (before.is_none() && tree.is_empty_tree()) {
            return Ok(None);
        }
        let id = self.store_commit(tree, commit, signer)?;
        self.head = Some(id);
        Ok(Some(id))
    }

    fn store_commit(
        &self,
        tree: ObjectId,
        commit: &NewCommit,
        signer: Option<&dyn Signer>,
    ) -> Result<CommitId, Error> {
        let mut object = gix::objs::Commit {
            tree,
            parents: self.head.iter().map(|head| head.0).collect(),
            author: actor(&commit.author),
            committer: actor(&commit.committer),
            encoding: None,
            message: commit.message.as_str().into(),
            extra_headers: Vec::new(),
        };
        if let Some(signer) = signer {
            let signature = signer.sign(&bytes(&object)?)?;
            object.extra_headers.push(("gpgsig".into(), signature.into()));
        }
        self.store_object(Kind::Commit, bytes(&object)?, None).map(CommitId)
    }

    /// The repository, which sees the batch's own objects.
    pub(crate) fn repo(&self) -> &gix::Repository {
        &self.repo
    }

    /// Keeps an object, unless the batch has it already. `like` is an older object that it resembles.
    pub(crate) fn store_object(
        &self,
        kind: Kind,
        data: Vec<u8>,
        like: Option<ObjectId>,
    ) -> Result<ObjectId, Error> {
        let wrong = |error| Error::write(kind, crate::error::Cause::from(error));
        let id = gix::objs::compute_hash(gix::hash::Kind::Sha1, kind, &data).map_err(wrong)?;
        // What an older commit holds is packed once more: rare, harmless, and cheaper than to look for each on the disk.
        let mut new = self.new.borrow_mut();
        if new.ids.insert(id) {
            self.repo.objects.write_buf_with_known_id(kind, &data, id).map_err(wrong)?;
            new.objects.push(NewObject { id, like });
        }
        Ok(id)
    }

    /// Writes what is new as one pack with its index, where it is read from then on. A batch that could not be stored is
    /// worth nothing any more.
    pub(crate) fn store(&self, folder: &Path) -> Result<StoredPack, Error> {
        let content = self.repo.objects.reset_object_memory().unwrap_or_default();
        pack::write(folder, &self.new.borrow().objects, &content)
    }
}

impl std::fmt::Debug for Batch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Batch({:?}..{:?}, {} objects)", self.base, self.head, self.new.borrow().objects.len())
    }
}

/// A person as Git writes one: no line break or angle bracket can end the field early.
fn actor(signature: &Signature) -> gix::actor::Signature {
    let clean = |text: &str| {
        text.chars().filter(|c| !c.is_control() && !matches!(c, '<' | '>')).collect::<String>().trim().into()
    };
    gix::actor::Signature {
        name: clean(&signature.name),
        email: clean(&signature.email),
        time: gix::date::Time {
            seconds: signature.time.timestamp().as_second(),
            // Git knows whole minutes.
            offset: signature.time.offset().seconds() / 60 * 60,
        },
    }
}

fn bytes(commit: &gix::objs::Commit) -> Result<Vec<u8>, Error> {
    use gix::objs::WriteTo;
    let mut bytes = Vec::new();
    commit.write_to(&mut bytes).map_err(|error| Error::write("a commit", error))?;
    Ok(bytes)
}
