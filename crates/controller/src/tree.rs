//! From a commit to the units of the environment, and from a unit to its files.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use explain::chain;
use git_mirror::{CommitId, EntryKind, Error, Reader, Snapshot, TreePath};
use reconcile::{Source, SourceFile, Tree, UnitName, UnitSource, Version};

/// A file larger than this is no manifest: an object of that size would not fit into a cluster either.
const LARGEST_FILE: usize = 4 << 20;

/// The units below a folder: one folder a namespace, in it one a service. `None` when there is no such folder.
///
/// # Errors
/// When the mirror cannot be read.
pub fn units(snapshot: &Snapshot, root: &TreePath) -> Result<Option<Tree>, Error> {
    if snapshot.tree_id(root)?.is_none() {
        return Ok(None);
    }
    let mut tree = Tree { revision: snapshot.commit().to_string(), ..Tree::default() };
    for (namespace, folder, _) in folders(snapshot, root)? {
        for (_, unit, id) in folders(snapshot, &folder)? {
            let Ok(name) = unit.as_str().parse::<UnitName>() else { continue };
            let source = UnitSource { version: Version::new(&id), namespace: namespace.as_str().into() };
            tree.units.insert(name, source);
        }
    }
    Ok(Some(tree))
}

/// Name, path and id of the folders in a folder.
fn folders(snapshot: &Snapshot, folder: &TreePath) -> Result<Vec<(String, TreePath, String)>, Error> {
    let mut found = Vec::new();
    for entry in snapshot.entries(folder)? {
        if let (EntryKind::Folder(id), Ok(path)) = (entry.kind, folder.join(&entry.name)) {
            found.push((entry.name, path, id.to_string()));
        }
    }
    Ok(found)
}

/// The files of units, from the commit that brought their version.
#[derive(Debug)]
pub struct GitSource {
    reader: Reader,
    commits: Mutex<HashMap<UnitName, (Version, CommitId)>>,
}

impl GitSource {
    /// A source that knows no unit yet.
    #[must_use]
    pub fn new(reader: Reader) -> Self {
        Self { reader, commits: Mutex::default() }
    }

    /// From now on the units of this tree can be read.
    pub fn offer(&self, tree: &Tree, commit: CommitId) {
        let mut commits = self.commits.lock().unwrap_or_else(PoisonError::into_inner);
        commits.retain(|unit, _| tree.units.contains_key(unit));
        for (unit, source) in &tree.units {
            if commits.get(unit).is_none_or(|(version, _)| *version != source.version) {
                commits.insert(unit.clone(), (source.version.clone(), commit));
            }
        }
    }

    fn commit_of(&self, unit: &UnitName, version: &Version) -> Option<CommitId> {
        let commits = self.commits.lock().unwrap_or_else(PoisonError::into_inner);
        commits.get(unit).filter(|(offered, _)| offered == version).map(|(_, commit)| *commit)
    }

    fn read(&self, unit: &UnitName, commit: CommitId) -> Result<Vec<SourceFile>, String> {
        let told = |error: Error| chain(&error).join(": ");
        let snapshot = self.reader.snapshot(commit).map_err(told)?;
        let folder: TreePath = unit.as_str().parse().map_err(|error| chain(&error).join(": "))?;
        let mut files = Vec::new();
        for (path, kind) in snapshot.files(&folder).map_err(told)? {
            let EntryKind::File { id, .. } = kind else { continue };
            let bytes = snapshot.content(id).map_err(told)?;
            if bytes.len() > LARGEST_FILE {
                return Err(format!("{path} has {} bytes, more than any object may have", bytes.len()));
            }
            let inside = path.as_str().strip_prefix(folder.as_str()).unwrap_or(path.as_str());
            files.push(SourceFile { path: inside.trim_start_matches('/').to_owned(), bytes });
        }
        Ok(files)
    }
}

impl Source for GitSource {
    fn files(&self, unit: &UnitName, version: &Version) -> Result<Vec<SourceFile>, String> {
        match self.commit_of(unit, version) {
            Some(commit) => self.read(unit, commit),
            None => Err("newer files of the unit are on their way".to_owned()),
        }
    }
}
