//! Finding the mirror as the last process or the disk left it: locked, half written, damaged, or not there.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use tracing::{info, warn};

use crate::{Branch, Error, Reader, Remote};

/// A folder of ours, locked for as long as this lives.
#[derive(Debug)]
pub(crate) struct Folder {
    pub(crate) git_dir: PathBuf,
    lock: File,
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Closing alone would not do: a child that is being started may hold a copy for a moment.
        if let Err(error) = self.lock.unlock() {
            warn!(%error, folder = %self.git_dir.display(), "cannot unlock the mirror");
        }
    }
}

/// Locks the folder and opens the mirror in it, sound or new.
pub(crate) fn open(folder: &Path, remote: &Remote) -> Result<(Folder, Reader), Error> {
    fs::create_dir_all(folder).map_err(Error::folder(folder))?;
    let lock = lock(folder)?;
    let git_dir = folder.join("mirror.git");
    let origin = folder.join("origin");
    let wanted = format!("{}\n{}\n", remote.url, remote.branch);
    if git_dir.exists() {
        let same_remote = fs::read_to_string(&origin).is_ok_and(|text| text == wanted);
        if !same_remote {
            info!(remote = %remote.url, branch = %remote.branch, "the mirror was of another remote: starting anew");
            remove(&git_dir)?;
        } else {
            clear_leftovers(&git_dir)?;
            match check(&git_dir, &remote.branch) {
                Ok(reader) => return Ok((Folder { git_dir, lock }, reader)),
                Err(error) => {
                    let reason = explain::chain(&error).join(": ");
                    warn!(reason, "the mirror is damaged: making it again from the remote");
                    remove(&git_dir)?;
                }
            }
        }
    }
    create(&git_dir, &remote.branch)?;
    fs::write(&origin, wanted).map_err(Error::folder(&origin))?;
    let reader = Reader::open(&git_dir, remote.branch.clone())?;
    Ok((Folder { git_dir, lock }, reader))
}

fn lock(folder: &Path) -> Result<File, Error> {
    let path = folder.join("lock");
    let file = File::create(&path).map_err(Error::folder(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::InUse { path: folder.to_owned() }),
        Err(TryLockError::Error(error)) => Err(Error::folder(&path)(error)),
    }
}

/// Makes an empty repository under another name and renames it, so that it is there whole or not at all.
fn create(git_dir: &Path, branch: &Branch) -> Result<(), Error> {
    let new = git_dir.with_extension("git.new");
    remove(&new)?;
    gix::init_bare(&new).map_err(|error| Error::write("a new repository", error))?;
    let head = new.join("HEAD");
    fs::write(&head, format!("ref: {}\n", branch.head())).map_err(Error::folder(&head))?;
    fs::rename(&new, git_dir).map_err(Error::folder(git_dir))
}

/// Makes a damaged mirror anew and empty; `None`, and nothing is touched, when it is sound.
pub(crate) fn heal(git_dir: &Path, branch: &Branch) -> Result<Option<gix::ThreadSafeRepository>, Error> {
    match check(git_dir, branch) {
        Ok(_) => return Ok(None),
        // A disk that does not answer is no damage: what lies on it may be all that is known.
        Err(Error::Folder { path, source }) if !is_damage(&source) => {
            return Err(Error::Folder { path, source });
        }
        Err(error) => {
            let reason = explain::chain(&error).join(": ");
            warn!(reason, "the mirror was damaged while in use: making it again from the remote");
        }
    }
    renew(git_dir, branch).map(Some)
}

/// Makes a mirror anew and empty.
pub(crate) fn renew(git_dir: &Path, branch: &Branch) -> Result<gix::ThreadSafeRepository, Error> {
    remove(git_dir)?;
    create(git_dir, branch)?;
    Reader::repository(git_dir)
}

fn is_damage(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidData, NotADirectory, NotFound};
    matches!(error.kind(), InvalidData | NotADirectory | NotFound)
}

/// Whether `git` takes the folder for a repository, by the few files it goes by. Cheap enough for every batch.
pub(crate) fn check_layout(git_dir: &Path) -> Result<(), Error> {
    let head = git_dir.join("HEAD");
    let text = fs::read_to_string(&head).map_err(Error::folder(&head))?;
    if !text.starts_with("ref: refs/") {
        return Err(Error::read(head.display(), "it names no branch"));
    }
    for name in ["config", "objects/pack", "refs"] {
        let path = git_dir.join(name);
        fs::metadata(&path).map_err(Error::folder(&path))?;
    }
    Ok(())
}

fn remove(folder: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::folder(folder)(error)),
        _ => Ok(()),
    }
}

/// Removes what a killed process of ours left: locks, which would fail every later write, and unfinished files.
fn clear_leftovers(folder: &Path) -> Result<(), Error> {
    let objects = folder.join("objects");
    for entry in fs::read_dir(folder).map_err(Error::folder(folder))?.flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            // Loose objects sit in 256 folders without locks of ours.
            let loose = path.parent() == Some(&objects) && name.len() == 2;
            if !loose {
                clear_leftovers(&path)?;
            }
        } else if name.ends_with(".lock") || name.starts_with("tmp_") || name.starts_with(".tmp-") {
            info!(file = %path.display(), "removing what an earlier process left");
            fs::remove_file(&path).map_err(Error::folder(&path))?;
        }
    }
    Ok(())
}

/// How many packs there are; none when that cannot be seen.
pub(crate) fn count_packs(git_dir: &Path) -> usize {
    let index = |entry: &fs::DirEntry| entry.path().extension() == Some("idx".as_ref());
    fs::read_dir(git_dir.join("objects/pack")).map_or(0, |entries| entries.flatten().filter(index).count())
}

/// Whether the mirror can be trusted: every pack is complete, and the tip and its files can be read.
fn check(git_dir: &Path, branch: &Branch) -> Result<Reader, Error> {
    check_layout(git_dir)?;
    check_packs(&git_dir.join("objects/pack"))?;
    let reader = Reader::open(git_dir, branch.clone())?;
    for name in [branch.head(), branch.tracking()] {
        if let Some(id) = reader.resolve(&name)? {
            reader.snapshot(id)?.entries(&crate::TreePath::root())?;
        }
    }
    Ok(reader)
}

/// An index ends with the checksum of its pack, and the pack with the same: cheap to compare, and a pack that was
/// cut short or never reached the disk does not match.
fn check_packs(folder: &Path) -> Result<(), Error> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return Err(Error::folder(folder)(error)),
    };
    for index in entries.flatten().map(|entry| entry.path()) {
        if index.extension().is_none_or(|extension| extension != "idx") {
            continue;
        }
        let pack = index.with_extension("pack");
        let named = tail(&index, 40)?;
        let found = tail(&pack, 20)?;
        let written = found.iter().any(|byte| *byte != 0);
        if !written || named.get(..20) != Some(found.as_slice()) {
            return Err(Error::read(pack.display(), "its index does not belong to it"));
        }
    }
    Ok(())
}

fn tail(path: &Path, length: u64) -> Result<Vec<u8>, Error> {
    let read = || {
        let mut file = File::open(path)?;
        let size = file.metadata()?.len();
        file.seek(SeekFrom::Start(size.saturating_sub(length)))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_err(Error::folder(path))
}
