//! Reading a folder of Git, or the one zip that lies in it.

use artifact::{ArtifactId, ServiceName};
use git_mirror::{BlobId, Entry, EntryKind, Snapshot, TreePath};

use super::budget::Budget;
use super::entry_name::EntryName;
use super::layout::{Layout, refuse_clashes};
use super::{Limits, ReadError, read_zip};
use crate::Artifact;

/// Why a commit is not taken as an artifact.
#[derive(Debug)]
pub(crate) enum TreeError {
    /// What it holds.
    Read(ReadError),
    /// The mirror failed.
    Mirror(git_mirror::Error),
}

impl From<ReadError> for TreeError {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

impl From<git_mirror::Error> for TreeError {
    fn from(error: git_mirror::Error) -> Self {
        Self::Mirror(error)
    }
}

/// A file that was found.
struct File {
    name: EntryName,
    id: BlobId,
    executable: bool,
}

/// Reads the artifact that a commit holds for `service` and `id`: its files, or a zip of them as the only one.
pub(crate) fn read_tree(
    snapshot: &Snapshot,
    service: &ServiceName,
    id: &ArtifactId,
    limits: &Limits,
) -> Result<Artifact, TreeError> {
    let root = snapshot.entries(&TreePath::root())?;
    if let [Entry { name, kind: EntryKind::File { id: blob, .. } }] = root.as_slice()
        && name.ends_with(".zip")
    {
        if snapshot.size(*blob)? > limits.zip_bytes {
            return Err(ReadError::ZipTooLarge { limit: limits.zip_bytes }.into());
        }
        return Ok(read_zip(&snapshot.content(*blob)?.into(), service, id, limits)?);
    }
    let files = files(snapshot, root, limits)?;
    refuse_clashes(files.iter().map(|file| &file.name))?;
    let mut budget = Budget::new(limits);
    let mut layout = Layout::default();
    for File { name, id, executable } in files.iter().filter(|file| Layout::wants(&file.name)) {
        // The size stands before the content, and Git does not unpack more.
        budget.spend(name, snapshot.size(*id)?)?;
        layout.add(name, snapshot.content(*id)?.into(), *executable);
    }
    Ok(layout.finish(service, id)?)
}

/// Every file, folder by folder. One folder may stand in a billion places: entries are counted as they are met, and a
/// path that grows too long ends the walk.
fn files(snapshot: &Snapshot, root: Vec<Entry>, limits: &Limits) -> Result<Vec<File>, TreeError> {
    let mut files = Vec::new();
    let mut folders = Vec::new();
    let mut entries = 0;
    let mut next = Some((String::new(), root));
    while let Some((folder, listed)) = next {
        entries += listed.len();
        if entries > limits.entries {
            return Err(ReadError::TooManyEntries { limit: limits.entries }.into());
        }
        for Entry { name, kind } in listed {
            let path = format!("{folder}{name}");
            let parsed = EntryName::parse_lossy(&path)?;
            match kind {
                EntryKind::Other => return Err(ReadError::NotAFile { name: parsed.shown() }.into()),
                EntryKind::File { id, executable } => files.push(File { name: parsed, id, executable }),
                EntryKind::Folder(tree) => folders.push((format!("{path}/"), tree)),
            }
        }
        next = match folders.pop() {
            Some((path, tree)) => Some((path, snapshot.listing(tree)?)),
            None => None,
        };
    }
    Ok(files)
}
