//! What the name of a bed decides. Removing a bed needs nothing else, so it works after any accident.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::BedError;

/// The variable that marks every process of a bed; its value is the bed's folder.
pub(crate) const MARK: &str = "RELEASE_MANAGER_BED";

/// Where a bed keeps everything, and how its parts are called.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) name: String,
    root: PathBuf,
}

impl Place {
    pub(crate) fn new(name: &str) -> Result<Self, BedError> {
        Self::below(&root_folder(), name)
    }

    pub(crate) fn below(root: &Path, name: &str) -> Result<Self, BedError> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        // 20: socket paths must stay below 108 bytes.
        if name.is_empty() || name.len() > 20 || name.starts_with('-') || !name.bytes().all(allowed) {
            return Err(BedError::Name { name: name.to_owned() });
        }
        Ok(Self { name: name.to_owned(), root: root.to_owned() })
    }

    /// Everything of the bed.
    pub(crate) fn folder(&self) -> PathBuf {
        self.root.join(&self.name)
    }

    /// Keys, certificates and kubeconfigs: they outlive a wipe.
    pub(crate) fn keys(&self) -> PathBuf {
        self.folder().join("keys")
    }

    /// Loaded images: they outlive a wipe.
    pub(crate) fn images(&self) -> PathBuf {
        self.folder().join("images")
    }

    /// Everything that a wipe throws away.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder().join("data")
    }

    /// The file a part writes its log to.
    pub(crate) fn log(&self, part: &str) -> PathBuf {
        self.data().join("log").join(format!("{part}.log"))
    }

    /// The socket of the bed's own containerd.
    pub(crate) fn containerd_socket(&self) -> PathBuf {
        self.data().join("containerd.sock")
    }

    /// The bridge of its pods. Names of interfaces have at most 15 bytes, hence a hash.
    pub(crate) fn bridge(&self) -> String {
        let digest = Sha256::digest(self.folder().as_os_str().as_encoded_bytes());
        format!("rmbed-{:02x}{:02x}{:02x}{:02x}", digest[0], digest[1], digest[2], digest[3])
    }

    /// The cgroup above all its pods, from the root of each hierarchy.
    pub(crate) fn cgroup(&self) -> String {
        format!("release-manager-beds/{}", self.name)
    }

    /// The entry in the environment of each of its processes.
    pub(crate) fn mark(&self) -> String {
        format!("{MARK}={}", self.folder().display())
    }

    /// Files that are only locked. They stay, since a lock on a removed file would exclude nobody.
    fn locks(&self) -> PathBuf {
        self.root.join(".locks")
    }

    /// Held while a bed is brought up, wiped or taken down.
    pub(crate) fn lock(&self) -> Result<File, BedError> {
        let path = self.locks().join(format!("{}.lock", self.name));
        let file = open(&path)?;
        file.lock().map_err(BedError::io(&path))?;
        Ok(file)
    }

    /// Held by the owner as long as it lives; `None` when another process holds it.
    pub(crate) fn lock_as_owner(&self) -> Result<Option<File>, BedError> {
        let path = self.locks().join(format!("{}.owner", self.name));
        let file = open(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(source)) => Err(BedError::Io { path, source }),
        }
    }

    /// Held while a bed looks for ports and a subnet no other bed has.
    pub(crate) fn lock_slots(&self) -> Result<File, BedError> {
        let path = self.locks().join("slots");
        let file = open(&path)?;
        file.lock().map_err(BedError::io(&path))?;
        Ok(file)
    }

    /// All beds beside this one, itself included.
    pub(crate) fn neighbours(&self) -> Result<Vec<Self>, BedError> {
        all_below(&self.root)
    }
}

/// The folder of all beds: of the machine for root, else of the user.
pub(crate) fn root_folder() -> PathBuf {
    if rustix::process::geteuid().is_root() {
        return "/var/lib/release-manager-beds".into();
    }
    let state = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    state.unwrap_or_else(|| home().join(".local/state")).join("release-manager-beds")
}

/// The home folder, or the temporary one for who has none.
pub(crate) fn home() -> PathBuf {
    std::env::home_dir().filter(|path| path.is_absolute()).unwrap_or_else(std::env::temp_dir)
}

/// All beds in a folder of beds, by name.
pub(crate) fn all_below(root: &Path) -> Result<Vec<Place>, BedError> {
    let entries = match fs::read_dir(root) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(BedError::io(root)(error)),
    };
    let mut places: Vec<Place> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.path().is_dir())
        .filter_map(|entry| Place::below(root, entry.file_name().to_str()?).ok())
        .collect();
    places.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(places)
}

fn open(path: &Path) -> Result<File, BedError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(BedError::io(folder))?;
    }
    File::options().create(true).truncate(false).write(true).open(path).map_err(BedError::io(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_fit_everywhere_are_taken() {
        let root = Path::new("/beds");
        for good in ["a", "demo", "test-2"] {
            assert!(Place::below(root, good).is_ok(), "{good}");
        }
        for bad in ["", "-a", "A", "a/b", "..", "a b", "123456789012345678901"] {
            assert!(matches!(Place::below(root, bad), Err(BedError::Name { .. })), "{bad}");
        }
    }

    #[test]
    fn two_beds_share_no_name() {
        let root = Path::new("/beds");
        let (a, b) = (Place::below(root, "a").unwrap(), Place::below(root, "b").unwrap());
        assert_ne!(a.bridge(), b.bridge());
        assert!(a.bridge().len() <= 15, "{}", a.bridge());
        assert_ne!(a.cgroup(), b.cgroup());
        assert_ne!(a.mark(), b.mark());
    }

    #[test]
    fn an_owner_excludes_another_and_its_end_lets_go() {
        let root = tempfile::tempdir().unwrap();
        let place = Place::below(root.path(), "a").unwrap();
        let owner = place.lock_as_owner().unwrap();
        assert!(owner.is_some());
        assert!(place.lock_as_owner().unwrap().is_none());
        drop(owner);
        assert!(place.lock_as_owner().unwrap().is_some());
    }
}
