//! How large an artifact may be.

/// What a release manager takes; whoever packs an artifact can tell before it is sent.
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
