//! From changed files to a new root folder: only folders on the way to a change are read and written.

use std::collections::BTreeMap;
use std::ops::Range;

use gix::ObjectId;
use gix::objs::tree::{EntryKind, EntryMode};
use gix::objs::{Kind, TreeRefIter};

use crate::error::Cause;
use crate::{Batch, Change, Error};

/// What becomes of one name in a folder.
#[derive(Default)]
struct Node<'c> {
    /// Nothing of what was there stays.
    cleared: bool,
    /// It is this file, unless something is below it.
    file: Option<(&'c [u8], bool)>,
    /// What becomes of the names below it.
    below: BTreeMap<&'c str, Node<'c>>,
}

/// Applies changes to a root folder and stores what is new; returns the new root.
pub(crate) fn apply(batch: &Batch, root: Option<ObjectId>, changes: &[Change]) -> Result<ObjectId, Error> {
    let mut top = Node::default();
    for change in changes {
        match change {
            Change::Put { path, content, executable } => top.put(path.components(), (content, *executable)),
            Change::Remove { path } => top.remove(path.components()),
        }
    }
    let root = if top.cleared { None } else { root };
    match edit(batch, root, &top)? {
        Some(id) => Ok(id),
        None => batch.store_object(Kind::Tree, Vec::new(), None),
    }
}

impl<'c> Node<'c> {
    fn put(&mut self, path: impl Iterator<Item = &'c str>, file: (&'c [u8], bool)) {
        let mut node = self;
        for component in path {
            // A file that was put where a folder is now needed gives way.
            node.cleared |= node.file.take().is_some();
            node = node.below.entry(component).or_default();
        }
        *node = Self { cleared: true, file: Some(file), below: BTreeMap::new() };
    }

    /// The name, if something becomes of it. Most folders on the way have one such name among many others.
    fn name_below(&self, name: &[u8]) -> Option<&'c str> {
        let mut names = self.below.keys();
        match (names.next(), names.next()) {
            (Some(only), None) => Some(*only).filter(|only| only.as_bytes() == name),
            _ => self.below.get_key_value(str::from_utf8(name).ok()?).map(|(name, _)| *name),
        }
    }

    fn remove(&mut self, path: impl Iterator<Item = &'c str>) {
        let mut node = self;
        for component in path {
            node = node.below.entry(component).or_default();
        }
        *node = Self { cleared: true, file: None, below: BTreeMap::new() };
    }
}

/// Edits one folder; `None` when nothing is left in it. A folder may hold thousands of names of which one changes, so
/// what stays is copied as it is.
fn edit(batch: &Batch, tree: Option<ObjectId>, node: &Node<'_>) -> Result<Option<ObjectId>, Error> {
    let old = match tree {
        Some(tree) => read(batch, tree)?,
        None => Vec::new(),
    };
    let mut there: BTreeMap<&str, Entry> = BTreeMap::new();
    for entry in entries(&old) {
        let entry = entry?;
        if let Some(name) = node.name_below(&old[entry.name.clone()]) {
            there.insert(name, entry);
        }
    }
    let mut splices = Vec::new();
    let mut added = Vec::new();
    for (name, child) in &node.below {
        let existing = there.get(name);
        let new = place(batch, existing.map(|entry| (entry.mode, entry.id)), child)?;
        match (existing, new) {
            // Its place is the same, since Git sorts files and folders apart.
            (Some(entry), Some((mode, id))) if entry.mode.is_tree() == mode.is_tree() => {
                splices.push((entry.whole.clone(), encode(name, mode, id)));
            }
            (existing, new) => {
                splices.extend(existing.map(|entry| (entry.whole.clone(), Vec::new())));
                added.extend(new.map(|(mode, id)| (*name, mode, id)));
            }
        }
    }
    splices.extend(insertions(&old, added)?);
    // What is added before an entry comes before what replaces it.
    splices.sort_by_key(|(range, _)| (range.start, range.end));
    let new = spliced(&old, &splices);
    if new.is_empty() { Ok(None) } else { batch.store_object(Kind::Tree, new, tree).map(Some) }
}

/// What stands in place of a range of bytes.
type Splice = (Range<usize>, Vec<u8>);

/// One name in the bytes of a folder.
struct Entry {
    whole: Range<usize>,
    name: Range<usize>,
    mode: EntryMode,
    id: ObjectId,
}

fn entries(bytes: &[u8]) -> impl Iterator<Item = Result<Entry, Error>> {
    let mut end = 0;
    TreeRefIter::from_bytes(bytes, gix::hash::Kind::Sha1).map(move |entry| {
        let entry = entry.map_err(|error| Error::read("a folder", Cause::from(error)))?;
        let name = entry.filename.as_ptr().addr() - bytes.as_ptr().addr();
        let name = name..name + entry.filename.len();
        let whole = end..name.end + 1 + entry.oid.as_bytes().len();
        end = whole.end;
        Ok(Entry { whole, name, mode: entry.mode, id: entry.oid.to_owned() })
    })
}

/// Where new names belong in the bytes of a folder.
fn insertions(old: &[u8], mut added: Vec<(&str, EntryMode, ObjectId)>) -> Result<Vec<Splice>, Error> {
    // Git sorts a folder as if its name ended in a slash.
    fn order(name: &[u8], mode: EntryMode) -> impl Iterator<Item = u8> + '_ {
        name.iter().copied().chain(mode.is_tree().then_some(b'/'))
    }
    added.sort_by(|a, b| order(a.0.as_bytes(), a.1).cmp(order(b.0.as_bytes(), b.1)));
    let mut added = added.into_iter().peekable();
    let mut insertions = Vec::with_capacity(added.len());
    if added.peek().is_some() {
        for entry in entries(old) {
            let entry = entry?;
            let after = |(name, mode, _): &(&str, EntryMode, ObjectId)| {
                order(name.as_bytes(), *mode).lt(order(&old[entry.name.clone()], entry.mode))
            };
            while let Some((name, mode, id)) = added.next_if(after) {
                insertions.push((entry.whole.start..entry.whole.start, encode(name, mode, id)));
            }
        }
    }
    insertions.extend(added.map(|(name, mode, id)| (old.len()..old.len(), encode(name, mode, id))));
    Ok(insertions)
}

fn spliced(old: &[u8], splices: &[Splice]) -> Vec<u8> {
    let mut new = Vec::with_capacity(old.len() + splices.iter().map(|(_, bytes)| bytes.len()).sum::<usize>());
    let mut from = 0;
    for (range, bytes) in splices {
        new.extend_from_slice(&old[from..range.start]);
        new.extend_from_slice(bytes);
        from = range.end;
    }
    new.extend_from_slice(&old[from..]);
    new
}

/// What stands at one name after the edit.
fn place(
    batch: &Batch,
    existing: Option<(EntryMode, ObjectId)>,
    node: &Node<'_>,
) -> Result<Option<(EntryMode, ObjectId)>, Error> {
    if let Some((content, executable)) = node.file {
        let kind = if executable { EntryKind::BlobExecutable } else { EntryKind::Blob };
        let id = batch.store_object(Kind::Blob, content.to_vec(), None)?;
        return Ok(Some((kind.into(), id)));
    }
    let kept = existing.filter(|_| !node.cleared);
    if node.below.is_empty() {
        return Ok(kept);
    }
    let folder = kept.filter(|(mode, _)| mode.is_tree()).map(|(_, id)| id);
    let changed = edit(batch, folder, node)?;
    // A removal below something that is no folder leaves it as it is.
    Ok(match (changed, kept) {
        (Some(id), _) => Some((EntryKind::Tree.into(), id)),
        (None, Some((mode, id))) if !mode.is_tree() => Some((mode, id)),
        (None, _) => None,
    })
}

fn read(batch: &Batch, tree: ObjectId) -> Result<Vec<u8>, Error> {
    let mut object = batch.repo().find_tree(tree).map_err(|error| Error::read("a folder", error))?;
    Ok(object.take_data())
}

fn encode(name: &str, mode: EntryMode, id: ObjectId) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(name.len() + 28);
    bytes.extend_from_slice(mode.as_bytes(&mut [0; 6]));
    bytes.push(b' ');
    bytes.extend_from_slice(name.as_bytes());
    bytes.push(0);
    bytes.extend_from_slice(id.as_bytes());
    bytes
}
