//! Reading at a commit, straight from the object database.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::rc::Rc;
use std::sync::{Arc, PoisonError, RwLock};

use gix::ObjectId;
use gix::objs::tree::EntryMode;

use crate::error::Cause;
use crate::history::{self, Commit, History};
use crate::{BlobId, Branch, CommitId, Error, TreeId, TreePath};

/// Decoded objects kept by one reader: enough for the upper folders of a large repository.
const OBJECT_CACHE_BYTES: usize = 4 << 20;

/// How many packs can be open. The mirror is tidied long before there are as many.
const PACK_SLOTS: u16 = 1024;

/// The reading half of a mirror; clone it for every thread.
#[derive(Clone)]
pub struct Reader {
    /// Shared by all clones, which go on with the new repository when a damaged one is made again.
    repo: Arc<RwLock<gix::ThreadSafeRepository>>,
    branch: Branch,
}

/// The files of one commit. Cheap to make; it stays on its thread.
#[derive(Clone)]
pub struct Snapshot {
    repo: Rc<gix::Repository>,
    commit: CommitId,
    tree: ObjectId,
}

/// One name in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name, one path component; bytes that are not UTF-8 are replaced.
    pub name: String,
    /// What it is.
    pub kind: EntryKind,
}

/// What a name in a folder stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A folder.
    Folder(TreeId),
    /// A file, executable or not.
    File {
        /// Its content.
        id: BlobId,
        /// Whether its owner may execute it.
        executable: bool,
    },
    /// A symbolic link or submodule: neither is followed.
    Other,
}

/// A file that differs between two snapshots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// Its path from the root.
    pub path: TreePath,
    /// Its content before; `None` when it was not there.
    pub before: Option<BlobId>,
    /// Its content after; `None` when it is gone.
    pub after: Option<BlobId>,
}

impl Reader {
    pub(crate) fn open(git_dir: &Path, branch: Branch) -> Result<Self, Error> {
        Ok(Self { repo: Arc::new(RwLock::new(Self::repository(git_dir)?)), branch })
    }

    /// Opens the folder and nothing above it, with no settings but its own.
    pub(crate) fn repository(git_dir: &Path) -> Result<gix::ThreadSafeRepository, Error> {
        gix::open::Options::isolated()
            .with(gix::sec::Trust::Full)
            .open_path_as_is(true)
            .object_store_slots(gix::odb::store::init::Slots::Given(PACK_SLOTS))
            .open(git_dir)
            .map_err(|error| Error::read("the repository", error))
    }

    /// Goes on with another repository, and so do all clones.
    pub(crate) fn replace(&self, repo: gix::ThreadSafeRepository) {
        *self.repo.write().unwrap_or_else(PoisonError::into_inner) = repo;
    }

    fn here(&self) -> gix::Repository {
        self.repo.read().unwrap_or_else(PoisonError::into_inner).to_thread_local()
    }

    pub(crate) fn local(&self) -> gix::Repository {
        let mut repo = self.here();
        repo.object_cache_size_if_unset(OBJECT_CACHE_BYTES);
        repo
    }

    /// The commit our branch is at: the newest the remote has shown without rewriting history, or accepted.
    ///
    /// # Errors
    /// When the ref cannot be read.
    pub fn tip(&self) -> Result<Option<CommitId>, Error> {
        self.resolve(&self.branch.head())
    }

    /// The commit of a ref; `None` when there is no such ref.
    pub(crate) fn resolve(&self, name: &str) -> Result<Option<CommitId>, Error> {
        let repo = self.here();
        let found = repo.try_find_reference(name).map_err(|error| Error::read(name, error))?;
        Ok(found.and_then(|found| found.target().try_id().map(|id| CommitId(id.to_owned()))))
    }

    /// Points a ref at a commit.
    pub(crate) fn set(&self, name: &str, commit: CommitId) -> Result<(), Error> {
        use gix::refs::transaction::{Change, LogChange, PreviousValue, RefEdit};
        let full = gix::refs::FullName::try_from(name).map_err(|error| Error::write(name, error))?;
        let edit = RefEdit {
            change: Change::Update {
                log: LogChange::default(),
                expected: PreviousValue::Any,
                new: gix::refs::Target::Object(commit.0),
            },
            name: full,
            deref: false,
        };
        let repo = self.here();
        repo.edit_references_as([edit], None).map_err(|error| Error::write(name, error))?;
        Ok(())
    }

    /// Takes a ref away; one that is not there is no fault.
    pub(crate) fn forget(&self, name: &str) -> Result<(), Error> {
        use gix::refs::transaction::{Change, PreviousValue, RefEdit, RefLog};
        let full = gix::refs::FullName::try_from(name).map_err(|error| Error::write(name, error))?;
        let change = Change::Delete { expected: PreviousValue::Any, log: RefLog::AndReference };
        let edit = RefEdit { change, name: full, deref: false };
        self.here().edit_references_as([edit], None).map_err(|error| Error::write(name, error))?;
        Ok(())
    }

    /// The commits of all refs in a folder of `root`, by what follows `root` in their names.
    pub(crate) fn refs_below(&self, root: &str, folder: &str) -> Result<BTreeMap<String, CommitId>, Error> {
        let below = format!("{root}{folder}");
        let repo = self.here();
        let failed = |error: Cause| Error::read(&below, error);
        let all = repo.references().map_err(|error| failed(error.into()))?;
        let mut found = BTreeMap::new();
        for reference in all.prefixed(below.as_str()).map_err(|error| failed(error.into()))? {
            let reference = reference.map_err(|error| failed(error.into()))?;
            let name = reference.name().as_bstr().to_string();
            if let (Some(name), Some(id)) = (name.strip_prefix(root), reference.target().try_id()) {
                found.insert(name.to_owned(), CommitId(id.to_owned()));
            }
        }
        Ok(found)
    }

    /// The files at a commit.
    ///
    /// # Errors
    /// When the commit is not in the mirror.
    pub fn snapshot(&self, commit: CommitId) -> Result<Snapshot, Error> {
        Snapshot::new(Rc::new(self.local()), commit)
    }

    /// One commit.
    ///
    /// # Errors
    /// When it is not in the mirror.
    pub fn commit(&self, id: CommitId) -> Result<Commit, Error> {
        history::read(&self.here(), id.0)
    }

    /// The commits from `from` back to the root along first parents, newest first: how the branch itself moved.
    #[must_use]
    pub fn history(&self, from: CommitId) -> History {
        History::new(self.local(), from)
    }

    /// The commits a merge brought to its first parent's line, oldest first; none for an ordinary commit.
    ///
    /// # Errors
    /// When a commit cannot be read.
    pub fn merged_by(&self, merge: &Commit) -> Result<Vec<Commit>, Error> {
        history::merged_by(&self.local(), merge)
    }

    /// Whether every commit of `old` is in the history of `new`.
    ///
    /// # Errors
    /// When a commit cannot be read.
    pub fn is_ancestor(&self, old: CommitId, new: CommitId) -> Result<bool, Error> {
        history::is_ancestor(&self.local(), old, new)
    }
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reader({}, {})", self.here().git_dir().display(), self.branch)
    }
}

impl Snapshot {
    pub(crate) fn new(repo: Rc<gix::Repository>, commit: CommitId) -> Result<Self, Error> {
        let tree = history::read(&repo, commit.0)?.tree.0;
        Ok(Self { repo, commit, tree })
    }

    /// The commit this is.
    #[must_use]
    pub fn commit(&self) -> CommitId {
        self.commit
    }

    /// The names in a folder; none when there is no such folder.
    ///
    /// # Errors
    /// When an object on the way cannot be read.
    pub fn entries(&self, folder: &TreePath) -> Result<Vec<Entry>, Error> {
        match self.find(folder)? {
            Some((mode, id)) if mode.is_tree() => self.list(id),
            _ => Ok(Vec::new()),
        }
    }

    /// The names in a folder known by its id.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn listing(&self, id: TreeId) -> Result<Vec<Entry>, Error> {
        self.list(id.0)
    }

    /// The id of a folder's content; `None` when there is no such folder.
    ///
    /// # Errors
    /// When an object on the way cannot be read.
    pub fn tree_id(&self, folder: &TreePath) -> Result<Option<TreeId>, Error> {
        Ok(self.find(folder)?.filter(|(mode, _)| mode.is_tree()).map(|(_, id)| TreeId(id)))
    }

    /// The id of a file's content; `None` when there is no such file.
    ///
    /// # Errors
    /// When an object on the way cannot be read.
    pub fn blob_id(&self, file: &TreePath) -> Result<Option<BlobId>, Error> {
        Ok(self.find(file)?.filter(|(mode, _)| mode.is_blob()).map(|(_, id)| BlobId(id)))
    }

    /// A file's content; `None` when there is no such file.
    ///
    /// # Errors
    /// When an object on the way cannot be read.
    pub fn blob(&self, file: &TreePath) -> Result<Option<Vec<u8>>, Error> {
        self.blob_id(file)?.map(|id| self.content(id)).transpose()
    }

    /// What lies at a file's place, or on the way to it, and is neither the file nor a folder on the way: a link, a folder
    /// in its place, a submodule. Who takes "no such file" for "nothing is said" has to ask.
    ///
    /// # Errors
    /// When an object on the way cannot be read.
    pub fn in_place_of(&self, file: &TreePath) -> Result<Option<TreePath>, Error> {
        let mut way = TreePath::root();
        let mut rest = file.components().peekable();
        while let Some(name) = rest.next() {
            way = way.join(name).map_err(|error| Error::read(file, error))?;
            let Some((mode, _)) = self.find(&way)? else { return Ok(None) };
            let right = if rest.peek().is_some() { mode.is_tree() } else { mode.is_blob() };
            if !right {
                return Ok(Some(way));
            }
        }
        Ok(None)
    }

    /// The content of a file known by its id.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn content(&self, id: BlobId) -> Result<Vec<u8>, Error> {
        let mut blob = self.repo.find_blob(id.0).map_err(|error| Error::read(id, error))?;
        Ok(blob.take_data())
    }

    /// How many bytes a file has, without reading them.
    ///
    /// # Errors
    /// When it cannot be found.
    pub fn size(&self, id: BlobId) -> Result<u64, Error> {
        self.repo.find_header(id.0).map(|header| header.size()).map_err(|error| Error::read(id, error))
    }

    /// Every file below a folder with its path from the root, in Git's order; links and submodules are left out.
    ///
    /// # Errors
    /// When an object cannot be read, or a file's name is no path of ours.
    pub fn files(&self, folder: &TreePath) -> Result<Vec<(TreePath, EntryKind)>, Error> {
        let mut files = Vec::new();
        self.collect(folder, &mut files)?;
        Ok(files)
    }

    fn collect(&self, folder: &TreePath, files: &mut Vec<(TreePath, EntryKind)>) -> Result<(), Error> {
        let Some((_, id)) = self.find(folder)?.filter(|(mode, _)| mode.is_tree()) else { return Ok(()) };
        self.collect_tree(folder, id, files)
    }

    fn collect_tree(
        &self,
        folder: &TreePath,
        id: ObjectId,
        files: &mut Vec<(TreePath, EntryKind)>,
    ) -> Result<(), Error> {
        for entry in self.list(id)? {
            let path = folder.join(&entry.name).map_err(|error| Error::read(folder, error))?;
            match entry.kind {
                EntryKind::Folder(id) => self.collect_tree(&path, id.0, files)?,
                EntryKind::File { .. } => files.push((path, entry.kind)),
                EntryKind::Other => {}
            }
        }
        Ok(())
    }

    /// The files below `folder` that differ from `before`, found by comparing ids: equal folders are not opened.
    ///
    /// # Errors
    /// When an object cannot be read.
    pub fn changes_since(&self, before: &Self, folder: &TreePath) -> Result<Vec<FileChange>, Error> {
        let mut changes = Vec::new();
        let old = before.kind_of(folder)?;
        let new = self.kind_of(folder)?;
        self.compare(folder, old, new, &mut changes)?;
        Ok(changes)
    }

    fn compare(
        &self,
        path: &TreePath,
        old: Option<EntryKind>,
        new: Option<EntryKind>,
        changes: &mut Vec<FileChange>,
    ) -> Result<(), Error> {
        if old == new {
            return Ok(());
        }
        let (before, after) = (file_id(old), file_id(new));
        if before != after || (before.is_some() && old != new) {
            changes.push(FileChange { path: path.clone(), before, after });
        }
        let old = self.list_kind(old)?;
        let new = self.list_kind(new)?;
        let names: std::collections::BTreeSet<&str> =
            old.iter().chain(&new).map(|entry| entry.name.as_str()).collect();
        for name in names {
            let kind = |entries: &[Entry]| entries.iter().find(|e| e.name == name).map(|e| e.kind);
            let below = path.join(name).map_err(|error| Error::read(path, error))?;
            let (old, new) = (kind(&old), kind(&new));
            if old != new {
                self.compare(&below, old, new, changes)?;
            }
        }
        Ok(())
    }

    fn kind_of(&self, path: &TreePath) -> Result<Option<EntryKind>, Error> {
        Ok(self.find(path)?.map(|(mode, id)| kind(mode, id)))
    }

    fn list_kind(&self, kind: Option<EntryKind>) -> Result<Vec<Entry>, Error> {
        match kind {
            Some(EntryKind::Folder(id)) => self.list(id.0),
            _ => Ok(Vec::new()),
        }
    }

    fn list(&self, tree: ObjectId) -> Result<Vec<Entry>, Error> {
        let wrong = |error: Cause| Error::read(format!("folder {tree}"), error);
        let object = self.repo.find_tree(tree).map_err(|error| wrong(error.into()))?;
        let decoded = object.decode().map_err(|error| wrong(error.into()))?;
        let entry = |entry: &gix::objs::tree::EntryRef<'_>| Entry {
            name: String::from_utf8_lossy(entry.filename).into_owned(),
            kind: kind(entry.mode, entry.oid.to_owned()),
        };
        Ok(decoded.entries.iter().map(entry).collect())
    }

    fn find(&self, path: &TreePath) -> Result<Option<(EntryMode, ObjectId)>, Error> {
        find_in(&self.repo, self.tree, path)
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Snapshot({})", self.commit)
    }
}

/// Follows a path down from a tree.
fn find_in(
    repo: &gix::Repository,
    root: ObjectId,
    path: &TreePath,
) -> Result<Option<(EntryMode, ObjectId)>, Error> {
    let mut at = (EntryMode::from(gix::objs::tree::EntryKind::Tree), root);
    for component in path.components() {
        if !at.0.is_tree() {
            return Ok(None);
        }
        let tree = repo.find_tree(at.1).map_err(|error| Error::read(path, error))?;
        let mut entries = gix::objs::TreeRefIter::from_bytes(&tree.data, gix::hash::Kind::Sha1);
        let found = entries.find_map(|entry| match entry {
            Ok(entry) if entry.filename == component.as_bytes() => {
                Some(Ok((entry.mode, entry.oid.to_owned())))
            }
            Ok(_) => None,
            Err(error) => Some(Err(Error::read(path, error))),
        });
        match found.transpose()? {
            Some(next) => at = next,
            None => return Ok(None),
        }
    }
    Ok(Some(at))
}

fn kind(mode: EntryMode, id: ObjectId) -> EntryKind {
    if mode.is_tree() {
        EntryKind::Folder(TreeId(id))
    } else if mode.is_blob() {
        EntryKind::File { id: BlobId(id), executable: mode.is_executable() }
    } else {
        EntryKind::Other
    }
}

fn file_id(kind: Option<EntryKind>) -> Option<BlobId> {
    match kind {
        Some(EntryKind::File { id, .. }) => Some(id),
        Some(EntryKind::Folder(_) | EntryKind::Other) | None => None,
    }
}
