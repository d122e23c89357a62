//! Removing a bed. Knows only its name, so that it works whatever state the bed was left in.

use std::fs;
use std::io;
use std::path::Path;

use process::Program;

use crate::BedError;
use crate::cgroups;
use crate::launch::search_path;
use crate::marked;
use crate::place::Place;
use crate::progress::run;

/// Takes a bed down and removes every trace of it, also of one that was killed or came up only in part. A bed
/// that does not exist is no error.
///
/// # Errors
/// When something of it does not go away.
pub fn down(name: &str) -> Result<(), BedError> {
    let place = Place::new(name)?;
    let _lock = place.lock()?;
    sweep(&place)
}

/// Like [`down`], for who holds the bed's lock.
pub(crate) fn sweep(place: &Place) -> Result<(), BedError> {
    stop(place)?;
    remove(&place.folder())
}

/// Ends all processes and removes what they made, except keys and images.
pub(crate) fn stop(place: &Place) -> Result<(), BedError> {
    let stuck = marked::kill_all(&place.mark());
    if let Some(process) = stuck.first() {
        let what = format!("process {} ({})", process.pid, process.part);
        return Err(BedError::Leftover { name: place.name.clone(), what });
    }
    if rustix::process::geteuid().is_root() {
        cgroups::remove(place)?;
        remove_bridge(&place.bridge())?;
    }
    remove(&place.data())
}

/// The pods' ends of their cables went with their network namespaces, ours go with them.
fn remove_bridge(bridge: &str) -> Result<(), BedError> {
    if !Path::new("/sys/class/net").join(bridge).exists() {
        return Ok(());
    }
    run(Program::new("ip").args(["link", "delete", bridge]).env("PATH", search_path())).map(drop)
}

fn remove(folder: &Path) -> Result<(), BedError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(BedError::io(folder)(error)),
        _ => Ok(()),
    }
}
