//! The disk of the data folder is full: whoever brings something hears it, who reads is answered, what was accepted waits,
//! and all goes on by itself once there is room.

use std::path::Path;

use api::ReleaseState;
use artifact::Intent;
use explain::{Explain, Kind};
use rustix::mount::{MountFlags, UnmountFlags, mount, unmount};
use testkit::wait;

use crate::bed::{Bed, PATIENCE};

/// Bytes of the disk: enough for the server, little enough to be filled.
const DISK: &str = "size=64m";

/// A small disk of its own, over a folder.
struct Disk<'a>(&'a Path);

impl<'a> Disk<'a> {
    /// None where this user may not make one.
    fn over(folder: &'a Path) -> Option<Self> {
        let options = std::ffi::CString::new(DISK).unwrap();
        mount("tmpfs", folder, "tmpfs", MountFlags::empty(), options.as_c_str()).ok().map(|()| Self(folder))
    }

    /// Fills it to its last byte.
    fn fill(&self) {
        let file = std::fs::File::create(self.0.join("ballast")).unwrap();
        let zeros = [0; 1 << 16];
        while std::io::Write::write_all(&mut &file, &zeros).is_ok() {}
    }

    fn free(&self) {
        std::fs::remove_file(self.0.join("ballast")).unwrap();
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        // An error says that it is no disk any more.
        let _ = unmount(self.0, UnmountFlags::DETACH);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_what_is_new_keeps_what_was_accepted_and_heals() {
    let bed = Bed::new().await.flag("--timeout=4s");
    let Some(disk) = Disk::over(bed.data.path()) else {
        eprintln!("not tested: only root may mount a small disk");
        return;
    };
    let server = bed.start().await;
    for id in ["master-1", "master-2", "master-3"] {
        server.upload("billing", id, "master").await;
    }
    server.release("billing", "dev", "master-1", &Intent::ReleaseArtifact).await.unwrap();
    bed.git.down().await;
    let waiting = server.release("billing", "dev", "master-2", &Intent::ReleaseArtifact).await.unwrap();
    assert_eq!(waiting.state, "pending");
    disk.fill();
    bed.git.up().await;

    let full = server.release("billing", "prod", "master-3", &Intent::ReleaseArtifact).await.unwrap_err();
    assert_eq!(full.kind(), Kind::Unavailable);
    assert!(full.to_string().contains("is full: 0 MiB are free, "), "{full}");
    assert!(full.next_step().contains("free space"), "{}", full.next_step());
    assert_eq!(server.status("billing").await.environments[0].tag, "master-1", "who reads is answered");
    wait::until("the wait to be told", PATIENCE, async || {
        let log = std::fs::read_to_string(server.service.log()).unwrap();
        if log.contains("accepted work waits for room on the disk") { Ok(()) } else { Err(log) }
    })
    .await;
    assert_eq!(server.known(&waiting.id).await.unwrap().state, ReleaseState::Pending);

    disk.free();
    wait::until("the release to land", PATIENCE, async || {
        let known = server.known(&waiting.id).await.map_err(|error| error.to_string())?;
        if known.state == ReleaseState::Landed { Ok(()) } else { Err(format!("{known:?}")) }
    })
    .await;
    let yes = server.release("billing", "prod", "master-3", &Intent::ReleaseArtifact).await.unwrap();
    assert_eq!((yes.state.as_str(), bed.history().len()), ("landed", 3));
}
