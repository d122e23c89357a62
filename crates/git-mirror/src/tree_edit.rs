//! From changed files to a new root folder: only folders on the way to a change are read and written.

use std::collections::BTreeMap;

use gix::ObjectId;
use gix::objs::tree::{EntryKind, EntryMode, EntryRef};
use gix::objs::{Kind, TreeRef};

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

    fn remove(&mut self, path: impl Iterator<Item = &'c str>) {
        let mut node = self;
        for component in path {
            node = node.below.entry(component).or_default();
        }
        *node = Self { cleared: true, file: None, below: BTreeMap::new() };
    }
}

/// Edits one folder; `None` when nothing is left in it.
fn edit(batch: &Batch, tree: Option<ObjectId>, node: &Node<'_>) -> Result<Option<ObjectId>, Error> {
    let old = match tree {
        Some(tree) => read(batch, tree)?,
        None => Vec::new(),
    };
    let decoded = TreeRef::from_bytes(&old, gix::hash::Kind::Sha1)
        .map_err(|error| Error::read("a folder", Cause::from(error)))?;
    let mut entries = decoded.entries;
    let mut added: Vec<(&str, EntryMode, ObjectId)> = Vec::new();
    for (name, child) in &node.below {
        let at = entries.iter().position(|entry| entry.filename == name.as_bytes());
        let existing = at.map(|at| entries.remove(at));
        if let Some((mode, id)) = place(batch, existing, child)? {
            added.push((name, mode, id));
        }
    }
    entries.extend(added.iter().map(|(name, mode, id)| EntryRef {
        mode: *mode,
        filename: name.as_bytes().into(),
        oid: id.as_ref(),
    }));
    if entries.is_empty() {
        return Ok(None);
    }
    entries.sort_unstable();
    let new = write(&entries);
    batch.store_object(Kind::Tree, new, tree).map(Some)
}

/// What stands at one name after the edit.
fn place(
    batch: &Batch,
    existing: Option<EntryRef<'_>>,
    node: &Node<'_>,
) -> Result<Option<(EntryMode, ObjectId)>, Error> {
    if let Some((content, executable)) = node.file {
        let kind = if executable { EntryKind::BlobExecutable } else { EntryKind::Blob };
        let id = batch.store_object(Kind::Blob, content.to_vec(), None)?;
        return Ok(Some((kind.into(), id)));
    }
    let kept = existing.filter(|_| !node.cleared);
    if node.below.is_empty() {
        return Ok(kept.map(|entry| (entry.mode, entry.oid.to_owned())));
    }
    let folder = kept.filter(|entry| entry.mode.is_tree()).map(|entry| entry.oid.to_owned());
    let changed = edit(batch, folder, node)?;
    // A removal below something that is no folder leaves it as it is.
    Ok(match (changed, kept) {
        (Some(id), _) => Some((EntryKind::Tree.into(), id)),
        (None, Some(entry)) if !entry.mode.is_tree() => Some((entry.mode, entry.oid.to_owned())),
        (None, _) => None,
    })
}

fn read(batch: &Batch, tree: ObjectId) -> Result<Vec<u8>, Error> {
    let mut object = batch.repo().find_tree(tree).map_err(|error| Error::read("a folder", error))?;
    Ok(object.take_data())
}

fn write(entries: &[EntryRef<'_>]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(entries.iter().map(|entry| entry.filename.len() + 28).sum());
    for entry in entries {
        bytes.extend_from_slice(entry.mode.as_bytes(&mut [0; 6]));
        bytes.push(b' ');
        bytes.extend_from_slice(entry.filename);
        bytes.push(0);
        bytes.extend_from_slice(entry.oid.as_bytes());
    }
    bytes
}
