//! Files that say who may do what. One that cannot be read is an error, never "nothing is forbidden".

use git_mirror::{Snapshot, TreePath};

use crate::ReadError;

/// The largest file of rules. They are read with every decision, and written by hand or by us.
const LARGEST: u64 = 1 << 20;

/// Rules that are there and cannot be followed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleFileError {
    /// Something else lies at its place or on the way to it.
    #[error("the config repository's {path} is a link, or a folder and a file are in each other's place")]
    NotAFile {
        /// What is in the way.
        path: String,
    },
    /// Nobody has that many rules.
    #[error("the config repository's {path} has {size} bytes; rules have {LARGEST} at most")]
    TooLarge {
        /// The file.
        path: String,
        /// Its size in bytes.
        size: u64,
    },
}

/// Its bytes; `None` only when nothing is there.
pub(crate) fn read(snapshot: &Snapshot, file: &TreePath) -> Result<Option<Vec<u8>>, ReadError> {
    let Some(id) = snapshot.blob_id(file)? else {
        return match snapshot.in_place_of(file)? {
            Some(path) => Err(RuleFileError::NotAFile { path: path.to_string() }.into()),
            None => Ok(None),
        };
    };
    let size = snapshot.size(id)?;
    if size > LARGEST {
        return Err(RuleFileError::TooLarge { path: file.to_string(), size }.into());
    }
    Ok(Some(snapshot.content(id)?))
}
