//! Reading a zip. Its central directory is a list of claims.

#[cfg(test)]
mod tests;

use std::io::{Cursor, Read};

use artifact::{ArtifactId, ServiceName};
use bytes::Bytes;
use zip::ZipArchive;

use super::budget::Budget;
use super::entry_name::EntryName;
use super::layout::{Layout, refuse_clashes};
use super::{Limits, ReadError};
use crate::Artifact;

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
    if directory_entries(zip).nth(limits.entries).is_some() {
        return Err(ReadError::TooManyEntries { limit: limits.entries });
    }
    let mut archive = ZipArchive::new(Cursor::new(zip)).map_err(ReadError::NotAZip)?;
    if archive.has_duplicate_names() {
        return Err(ReadError::Duplicate);
    }
    let names = check_names(&mut archive)?;
    let mut budget = Budget::new(limits);
    let mut layout = Layout::default();
    for (at, name) in names.iter().enumerate().filter(|(_, name)| Layout::wants(name)) {
        let (bytes, executable) = unpack(&mut archive, at, name, &mut budget)?;
        layout.add(name, bytes, executable);
    }
    layout.finish(service, id)
}

/// The places where an entry of the directory may begin. Each costs memory ten times its size when the directory is
/// read, so they are counted before that; what only looks like one, in a zip inside of the zip, counts too.
fn directory_entries(zip: &[u8]) -> impl Iterator<Item = &[u8]> {
    zip.windows(4).filter(|bytes| *bytes == b"PK\x01\x02")
}

type Archive<'a> = ZipArchive<Cursor<&'a Bytes>>;

/// Checks every entry before the first is unpacked.
fn check_names(archive: &mut Archive<'_>) -> Result<Vec<EntryName>, ReadError> {
    let mut names = Vec::with_capacity(archive.len());
    for at in 0..archive.len() {
        let entry = archive.by_index_raw(at).map_err(ReadError::NotAZip)?;
        let name = EntryName::parse(entry.name_raw())?;
        if entry.is_symlink() || entry.unix_mode().is_some_and(is_special) {
            return Err(ReadError::NotAFile { name: name.shown() });
        }
        if entry.encrypted() {
            return Err(ReadError::Encrypted { name: name.shown() });
        }
        names.push(name);
    }
    refuse_clashes(names.iter())?;
    Ok(names)
}

const FILE_TYPE: u32 = 0o170_000;
const REGULAR: u32 = 0o100_000;
const DIRECTORY: u32 = 0o040_000;

/// Whether a Unix mode says that the entry is neither file nor directory; 0 says nothing.
fn is_special(mode: u32) -> bool {
    !matches!(mode & FILE_TYPE, 0 | REGULAR | DIRECTORY)
}

/// The content of one file, and whether it may be run.
fn unpack(
    archive: &mut Archive<'_>,
    at: usize,
    name: &EntryName,
    budget: &mut Budget<'_>,
) -> Result<(Bytes, bool), ReadError> {
    let entry = archive.by_index(at).map_err(ReadError::NotAZip)?;
    let executable = entry.unix_mode().is_some_and(|mode| mode & 0o111 != 0);
    let may_be = budget.next_may_be();
    let mut bytes = Vec::with_capacity(usize::try_from(entry.size().min(may_be)).unwrap_or(0));
    // One byte more than allowed tells a file that is too large from one that just fits.
    entry
        .take(may_be + 1)
        .read_to_end(&mut bytes)
        .map_err(|source| ReadError::Damaged { name: name.shown(), source })?;
    budget.spend(name, bytes.len() as u64)?;
    Ok((bytes.into(), executable))
}
