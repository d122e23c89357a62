//! The cgroup above all pods of a bed, in each hierarchy the machine has (one with cgroup v2, many with v1).

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::BedError;
use crate::place::Place;
use crate::wait;

/// What a kubelet asks of its cgroup. With v2 a parent hands each down by name.
const CONTROLLERS: [&str; 5] = ["cpu", "cpuset", "hugetlb", "memory", "pids"];

const REMOVE_DEADLINE: Duration = Duration::from_secs(20);

/// The hierarchies, and whether each is of v2.
fn hierarchies(mounts: &str) -> Vec<(PathBuf, bool)> {
    let row = |line: &str| {
        let mut columns = line.split_whitespace();
        let (folder, kind) = (columns.nth(1)?, columns.next()?);
        let is_v2 = match kind {
            "cgroup" => false,
            "cgroup2" => true,
            _ => return None,
        };
        Some((PathBuf::from(folder), is_v2))
    };
    mounts.lines().filter_map(row).collect()
}

fn mounted() -> Result<Vec<(PathBuf, bool)>, BedError> {
    let path = Path::new("/proc/self/mounts");
    fs::read_to_string(path).map(|mounts| hierarchies(&mounts)).map_err(BedError::io(path))
}

pub(crate) fn create(place: &Place) -> Result<(), BedError> {
    for (hierarchy, is_v2) in mounted()? {
        let folder = hierarchy.join(place.cgroup());
        fs::create_dir_all(&folder).map_err(BedError::io(&folder))?;
        if is_v2 {
            // From the root down, since a cgroup can hand down only what it was given.
            let parents: Vec<&Path> =
                folder.ancestors().skip(1).filter(|path| path.starts_with(&hierarchy)).collect();
            parents.into_iter().rev().for_each(hand_down);
        }
    }
    Ok(())
}

fn hand_down(folder: &Path) {
    for controller in CONTROLLERS {
        // A controller that v1 holds, or the kernel lacks, is refused; the kubelet says which it misses.
        drop(fs::write(folder.join("cgroup.subtree_control"), format!("+{controller}")));
    }
}

/// Removes it with all below; the last processes in it may need a moment to end.
pub(crate) fn remove(place: &Place) -> Result<(), BedError> {
    for (hierarchy, _) in mounted()? {
        let folder = hierarchy.join(place.cgroup());
        let gone = wait::until(REMOVE_DEADLINE, || match remove_tree(&folder) {
            Ok(()) => Ok(Some(())),
            Err(error) if error.kind() == io::ErrorKind::ResourceBusy => Ok(None),
            Err(error) => Err(BedError::io(&folder)(error)),
        })?;
        if gone.is_none() {
            let what = format!("a process in the cgroup {}", folder.display());
            return Err(BedError::Leftover { name: place.name.clone(), what });
        }
        if let Some(all_beds) = folder.parent() {
            // Refused as long as other beds are in it.
            drop(fs::remove_dir(all_beds));
        }
    }
    Ok(())
}

/// Removes the folders alone: the files in a cgroup come and go with it.
fn remove_tree(folder: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            remove_tree(&entry.path())?;
        }
    }
    match fs::remove_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hierarchy_is_found() {
        let mounts = "tmpfs /sys/fs/cgroup tmpfs rw 0 0\ncgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0\n\
                      cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n";
        assert_eq!(
            hierarchies(mounts),
            [("/sys/fs/cgroup/memory".into(), false), ("/sys/fs/cgroup/unified".into(), true)]
        );
    }
}
