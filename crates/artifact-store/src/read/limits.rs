//! How much an artifact may be, and what of that is left.

use super::ReadError;
use super::entry_name::EntryName;

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

/// What may still be read.
pub(super) struct Budget<'a> {
    left: u64,
    limits: &'a Limits,
}

impl<'a> Budget<'a> {
    pub(super) fn new(limits: &'a Limits) -> Self {
        Self { left: limits.total_bytes, limits }
    }

    /// How much the next file may be.
    pub(super) fn next_may_be(&self) -> u64 {
        self.left.min(self.limits.file_bytes)
    }

    /// Counts a file of this size.
    pub(super) fn spend(&mut self, name: &EntryName, size: u64) -> Result<(), ReadError> {
        if size > self.limits.file_bytes {
            return Err(ReadError::FileTooLarge { name: name.shown(), limit: self.limits.file_bytes });
        }
        if size > self.left {
            return Err(ReadError::UnpacksTooLarge { limit: self.limits.total_bytes });
        }
        self.left -= size;
        Ok(())
    }
}
