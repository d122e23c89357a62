//! Room on the disk of the data folder.
//!
//! While there is too little, nothing is taken in and nothing is begun: what was accepted can be written to its end only
//! as long as there is some. Whoever only reads is answered, and all goes on by itself once there is room again.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use explain::{Explain, Kind};

/// Bytes that work under way may need: of the queue, the mirror, and their indexes.
const LEAST: u64 = 16 << 20;

/// Between two looks while there is too little.
const LOOK: Duration = Duration::from_secs(1);

/// The disk that the data folder is on.
#[derive(Debug)]
pub(crate) struct Space {
    folder: PathBuf,
    /// Whether the log says that there is too little.
    is_told: AtomicBool,
}

/// There is too little room.
#[derive(Debug, thiserror::Error)]
#[error("the disk of the server's data folder {} is full: {} MiB are free, {} are needed", folder.display(), free >> 20, needed.div_ceil(1 << 20))]
pub(crate) struct DiskFull {
    folder: PathBuf,
    free: u64,
    needed: u64,
}

impl Explain for DiskFull {
    fn kind(&self) -> Kind {
        Kind::Unavailable
    }

    fn next_step(&self) -> Cow<'static, str> {
        "tell who runs the server to free space or give it a larger volume; it goes on by itself then".into()
    }
}

impl Space {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder, is_told: AtomicBool::new(false) }
    }

    /// Whether there is room for so many bytes beside what work under way may need. A disk that says nothing has room:
    /// whoever writes there will hear.
    pub(crate) fn check(&self, bytes: u64) -> Result<(), DiskFull> {
        let needed = LEAST.saturating_add(bytes);
        match rustix::fs::statvfs(&self.folder) {
            Ok(disk) => {
                let free = disk.f_bavail.saturating_mul(disk.f_frsize);
                if free >= needed {
                    return Ok(());
                }
                Err(DiskFull { folder: self.folder.clone(), free, needed })
            }
            Err(_) => Ok(()),
        }
    }

    /// Waits until there is room for what is to be begun.
    pub(crate) async fn there(&self) {
        let Err(full) = self.check(0) else { return };
        if !self.is_told.swap(true, Ordering::Relaxed) {
            tracing::error!(error = %full, hint = %full.next_step(), "accepted work waits for room on the disk");
        }
        while self.check(0).is_err() {
            tokio::time::sleep(LOOK).await;
        }
        if self.is_told.swap(false, Ordering::Relaxed) {
            tracing::info!("there is room on the disk again");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_large_is_refused_with_the_figures() {
        let space = Space::new(std::env::temp_dir());
        let full = space.check(u64::MAX).unwrap_err();
        assert!(full.to_string().contains(" is full: "), "{full}");
        assert_eq!(full.kind(), Kind::Unavailable);
        assert!(Space::new("/nowhere/at/all".into()).check(0).is_ok());
    }
}
