//! How much of what an artifact may be is left.

use artifact::Limits;

use super::ReadError;
use super::entry_name::EntryName;

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
