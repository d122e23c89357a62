//! Reading a zip that anyone with a CI token could have made.
//!
//! The central directory is taken as a list of claims: every name is checked before a byte is read, what is read is
//! counted against limits that do not trust the sizes declared, and whatever a file system, Git or a second reader
//! could see differently (links, `..`, backslashes, the same name twice or in two cases) is refused as a whole.

mod entry_name;
mod read_error;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::io::{Cursor, Read};

use artifact::{ArtifactId, ServiceName};
use bytes::Bytes;
use zip::ZipArchive;

use crate::{Artifact, ArtifactFile};
use entry_name::EntryName;
pub use read_error::ReadError;

/// How much one artifact may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Entries, directories included.
    pub entries: usize,
    /// Bytes of the zip itself.
    pub zip_bytes: u64,
    /// Bytes of one file, unpacked.
    pub file_bytes: u64,
    /// Bytes of all files, unpacked.
    pub total_bytes: u64,
}

impl Default for Limits {
    /// Ten times what the largest artifact of a service is seen to be.
    fn default() -> Self {
        Self { entries: 10_000, zip_bytes: 64 << 20, file_bytes: 16 << 20, total_bytes: 128 << 20 }
    }
}

/// The name of the spec inside the zip, fixed by the original.
const SPEC: &str = "artifact.json";

/// Reads the zip stored for `service` and `id`.
///
/// # Errors
/// When it is no zip, is not safe to unpack, or its `artifact.json` is broken or belongs to another key.
pub fn read_zip(
    zip: &Bytes,
    service: &ServiceName,
    id: &ArtifactId,
    limits: &Limits,
) -> Result<Artifact, ReadError> {
    if zip.len() as u64 > limits.zip_bytes {
        return Err(ReadError::ZipTooLarge { limit: limits.zip_bytes });
    }
    let mut archive = ZipArchive::new(Cursor::new(zip)).map_err(ReadError::NotAZip)?;
    if archive.has_duplicate_names() {
        return Err(ReadError::Duplicate);
    }
    let names = check_names(&mut archive, limits)?;
    let mut budget = Budget { left: limits.total_bytes, limits };
    let mut spec_bytes = None;
    let mut folders: BTreeMap<String, Vec<ArtifactFile>> = BTreeMap::new();
    for (at, name) in names {
        if name.is_directory() {
            continue;
        }
        match name.split() {
            (None, SPEC) => spec_bytes = Some(budget.read(&mut archive, at, &name)?.bytes),
            // Other files in the root are CI's own, such as its Slack message.
            (None, _) => {}
            (Some(folder), path) => {
                let file = budget.read(&mut archive, at, &name)?;
                folders
                    .entry(folder.to_owned())
                    .or_default()
                    .push(ArtifactFile { path: path.to_owned(), ..file });
            }
        }
    }
    for files in folders.values_mut() {
        files.sort_by(|a, b| a.path.cmp(&b.path));
    }
    let spec_bytes = spec_bytes.ok_or(ReadError::NoSpec)?;
    let spec = artifact::decode(&spec_bytes).map_err(ReadError::BrokenSpec)?;
    if spec.service != service.as_str() || spec.id != id.as_str() {
        return Err(ReadError::OtherArtifact { service: spec.service, id: spec.id });
    }
    Ok(Artifact::new(spec, spec_bytes, folders))
}

type Archive<'a> = ZipArchive<Cursor<&'a Bytes>>;

/// Checks every entry before the first is unpacked.
fn check_names(archive: &mut Archive<'_>, limits: &Limits) -> Result<Vec<(usize, EntryName)>, ReadError> {
    if archive.len() > limits.entries {
        return Err(ReadError::TooManyEntries { limit: limits.entries });
    }
    let mut names = Vec::with_capacity(archive.len());
    let mut seen: HashMap<String, String> = HashMap::new();
    for at in 0..archive.len() {
        let entry = archive.by_index_raw(at).map_err(ReadError::NotAZip)?;
        let name = EntryName::parse(entry.name_raw())?;
        if entry.is_symlink() || entry.unix_mode().is_some_and(is_special) {
            return Err(ReadError::NotAFile { name: name.shown() });
        }
        if entry.encrypted() {
            return Err(ReadError::Encrypted { name: name.shown() });
        }
        if !name.is_directory()
            && let Some(other) = seen.insert(name.folded(), name.shown())
        {
            return Err(ReadError::Clash { name: name.shown(), other });
        }
        names.push((at, name));
    }
    for (_, name) in &names {
        if let Some(file) = name.folded_parents().find_map(|parent| seen.get(&parent)) {
            return Err(ReadError::Clash { name: name.shown(), other: file.clone() });
        }
    }
    Ok(names)
}

const FILE_TYPE: u32 = 0o170_000;
const REGULAR: u32 = 0o100_000;
const DIRECTORY: u32 = 0o040_000;

/// Whether a Unix mode says that the entry is neither file nor directory; 0 says nothing.
fn is_special(mode: u32) -> bool {
    !matches!(mode & FILE_TYPE, 0 | REGULAR | DIRECTORY)
}

/// What may still be unpacked.
struct Budget<'a> {
    left: u64,
    limits: &'a Limits,
}

impl Budget<'_> {
    /// Unpacks one file; `path` is left empty.
    fn read(
        &mut self,
        archive: &mut Archive<'_>,
        at: usize,
        name: &EntryName,
    ) -> Result<ArtifactFile, ReadError> {
        let entry = archive.by_index(at).map_err(ReadError::NotAZip)?;
        let executable = entry.unix_mode().is_some_and(|mode| mode & 0o111 != 0);
        let may_be = self.left.min(self.limits.file_bytes);
        let mut bytes = Vec::with_capacity(usize::try_from(entry.size().min(may_be)).unwrap_or(0));
        // One byte more than allowed tells a file that is too large from one that just fits.
        entry
            .take(may_be + 1)
            .read_to_end(&mut bytes)
            .map_err(|source| ReadError::Damaged { name: name.shown(), source })?;
        let size = bytes.len() as u64;
        if size > self.limits.file_bytes {
            return Err(ReadError::FileTooLarge { name: name.shown(), limit: self.limits.file_bytes });
        }
        if size > self.left {
            return Err(ReadError::UnpacksTooLarge { limit: self.limits.total_bytes });
        }
        self.left -= size;
        Ok(ArtifactFile { path: String::new(), bytes: bytes.into(), executable })
    }
}
