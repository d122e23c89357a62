//! The folder of a build as one zip.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use artifact::Limits;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use explain::{Explain, Kind};
use md5::{Digest, Md5};
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::folder::{Folder, below};

/// The zip, in a file that is gone when we are.
#[derive(Debug)]
pub(super) struct Package {
    file: File,
    /// Its length in bytes.
    pub(super) size: u64,
    /// Its MD5, raw, in base64.
    pub(super) md5: String,
    unpacked: Sizes,
}

/// How large the files are.
#[derive(Clone, Copy, Debug, Default)]
struct Sizes {
    files: usize,
    largest: u64,
    total: u64,
}

impl Sizes {
    fn add(&mut self, size: u64) {
        self.files += 1;
        self.largest = self.largest.max(size);
        self.total += size;
    }
}

/// Why a folder cannot be packed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PackageError {
    #[error("cannot read '{}'", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("'{}' is a symbolic link, which an artifact cannot hold", path.display())]
    Link { path: PathBuf },
    #[error("'{}' is Git's own, which an artifact cannot hold", path.display())]
    Git { path: PathBuf },
    #[error("'{}' is neither a file nor a folder, which an artifact cannot hold", path.display())]
    Special { path: PathBuf },
    #[error("the name of '{}' is not UTF-8", path.display())]
    Name { path: PathBuf },
    #[error("cannot pack '{}'", path.display())]
    Zip {
        path: PathBuf,
        #[source]
        source: ZipError,
    },
    #[error("cannot write a temporary file")]
    Temporary(#[source] io::Error),
}

impl Explain for PackageError {
    fn kind(&self) -> Kind {
        match self {
            Self::Link { .. } | Self::Git { .. } | Self::Special { .. } | Self::Name { .. } => Kind::Invalid,
            Self::Read { .. } | Self::Zip { .. } | Self::Temporary(_) => Kind::Failed,
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Link { .. } => "put a copy of the file in its place".into(),
            Self::Git { .. } => {
                "push the folder that holds the artifact and nothing else: --root FOLDER".into()
            }
            Self::Special { .. } => "remove it, or check --root".into(),
            Self::Name { .. } => "rename the file".into(),
            Self::Read { .. } => "check --root and the permissions".into(),
            Self::Zip { .. } | Self::Temporary(_) => {
                "check that the folder for temporary files has room".into()
            }
        }
    }
}

/// Every file below the folder, relative to it, in lexical order; whatever is neither file nor folder is refused.
pub(super) fn files(folder: &Folder) -> Result<Vec<String>, PackageError> {
    let mut found = Vec::new();
    walk(folder, "", &mut found)?;
    Ok(found)
}

fn walk(build: &Folder, inside: &str, found: &mut Vec<String>) -> Result<(), PackageError> {
    let (root, left) = (build.root(), build.unfinished());
    let folder = root.join(inside);
    let failed = |source| PackageError::Read { path: folder.clone(), source };
    let mut entries =
        fs::read_dir(&folder).and_then(Iterator::collect::<io::Result<Vec<_>>>).map_err(failed)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = below(root, Path::new(inside).join(entry.file_name()));
        let name = entry.file_name().into_string().map_err(|_| PackageError::Name { path: path.clone() })?;
        if name.eq_ignore_ascii_case(".git") {
            return Err(PackageError::Git { path });
        }
        let relative = if inside.is_empty() { name } else { format!("{inside}/{name}") };
        let kind = entry.file_type().map_err(failed)?;
        match kind {
            _ if left.contains(&path) => {}
            _ if kind.is_dir() => walk(build, &relative, found)?,
            _ if kind.is_symlink() => return Err(PackageError::Link { path }),
            _ if !kind.is_file() => return Err(PackageError::Special { path }),
            _ => found.push(relative),
        }
    }
    Ok(())
}

/// What people read about the files.
pub(super) fn listing(root: &Path, files: &[String]) -> String {
    let lines: String = files
        .iter()
        .map(|file| {
            format!(
                "
  {}",
                below(root, file).display()
            )
        })
        .collect();
    format!("Files in path '{}'{lines}", root.display())
}

impl Package {
    /// Packs the files: deflated, in the order given, nothing kept of them but name and content.
    pub(super) fn of(root: &Path, files: &[String]) -> Result<Self, PackageError> {
        let mut zip = ZipWriter::new(tempfile::tempfile().map_err(PackageError::Temporary)?);
        let mut unpacked = Sizes::default();
        let added = files.iter().try_for_each(|name| {
            let size = add(&mut zip, root, name)?;
            unpacked.add(size);
            Ok(())
        });
        if let Err(error) = added {
            // Dropped, it would try to finish what cannot be finished, and say so on its own.
            std::mem::forget(zip);
            return Err(error);
        }
        let mut file = zip.finish().map_err(|source| PackageError::Zip { path: root.to_owned(), source })?;
        let (size, md5) = measure(&mut file).map_err(PackageError::Temporary)?;
        Ok(Self { file, size, md5, unpacked })
    }

    /// What of it is more than a release manager takes by itself; an old one takes anything.
    pub(super) fn excess(&self, limits: &Limits) -> Option<String> {
        let mebibytes = |bytes: u64| bytes.div_ceil(1 << 20);
        let Sizes { files, largest, total } = self.unpacked;
        let of_bytes = [
            ("it is packed", self.size, limits.zip_bytes),
            ("its largest file is", largest, limits.file_bytes),
            ("it is unpacked", total, limits.total_bytes),
        ];
        let told = of_bytes.into_iter().filter(|(_, size, limit)| size > limit);
        let mut told: Vec<String> = told
            .map(|(what, size, limit)| format!("{what} {} MiB ({} MiB)", mebibytes(size), mebibytes(limit)))
            .collect();
        if files > limits.entries {
            told.push(format!("it has {files} files ({})", limits.entries));
        }
        (!told.is_empty()).then(|| told.join(", "))
    }

    /// The zip from its first byte on. Handles share their position: one upload at a time.
    pub(super) fn reader(&self) -> io::Result<File> {
        let mut file = self.file.try_clone()?;
        file.rewind()?;
        Ok(file)
    }
}

/// Adds one file; gives its size.
fn add(zip: &mut ZipWriter<File>, root: &Path, name: &str) -> Result<u64, PackageError> {
    let path = below(root, name);
    let failed = |source| PackageError::Read { path: path.clone(), source };
    let packed = |source| PackageError::Zip { path: path.clone(), source };
    let mut file = File::open(&path).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .large_file(length > u64::from(u32::MAX))
        .unix_permissions(0o644);
    zip.start_file(name, options).map_err(packed)?;
    copy(&mut file, zip, &path)
}

/// Copies what a file holds, and tells apart which side failed.
fn copy(file: &mut File, zip: &mut ZipWriter<File>, path: &Path) -> Result<u64, PackageError> {
    let mut chunk = vec![0; 64 << 10];
    let mut size = 0;
    loop {
        let read =
            file.read(&mut chunk).map_err(|source| PackageError::Read { path: path.to_owned(), source })?;
        if read == 0 {
            return Ok(size);
        }
        zip.write_all(&chunk[..read]).map_err(PackageError::Temporary)?;
        size += read as u64;
    }
}

fn measure(file: &mut File) -> io::Result<(u64, String)> {
    file.seek(SeekFrom::Start(0))?;
    let mut hash = Md5::new();
    let mut size = 0;
    let mut chunk = vec![0; 64 << 10];
    loop {
        let read = file.read(&mut chunk)?;
        if read == 0 {
            return Ok((size, STANDARD.encode(hash.finalize())));
        }
        hash.update(&chunk[..read]);
        size += read as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::TempDir::new().unwrap();
        for (name, content) in [
            ("dev/b.yaml", "b"),
            ("dev/a.yaml", "a"),
            ("artifact.json", "{}"),
            ("dev.txt", "t"),
            ("artifact.json.unfinished", "{"),
            ("message.json.unfinished", ""),
            ("dev/mine.unfinished", "m"),
        ] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        fs::create_dir(folder.path().join("empty")).unwrap();
        folder
    }

    fn of(folder: &tempfile::TempDir) -> Folder {
        Folder::new(folder.path(), Path::new("artifact.json"), Path::new("message.json"))
    }

    #[test]
    fn the_zip_holds_every_file_in_lexical_order_and_no_folder() {
        let folder = folder();
        let files = files(&of(&folder)).unwrap();
        assert_eq!(files, ["artifact.json", "dev/a.yaml", "dev/b.yaml", "dev/mine.unfinished", "dev.txt"]);
        let package = Package::of(folder.path(), &files).unwrap();
        let mut zip = zip::ZipArchive::new(package.reader().unwrap()).unwrap();
        let names: Vec<_> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
        assert_eq!(names, files);
        let mut content = String::new();
        zip.by_name("dev/b.yaml").unwrap().read_to_string(&mut content).unwrap();
        assert_eq!(content, "b");
    }

    #[test]
    fn the_same_files_make_the_same_zip() {
        let (one, two) = (folder(), folder());
        let package = |folder: &tempfile::TempDir| {
            Package::of(folder.path(), &files(&of(folder)).unwrap()).unwrap().md5
        };
        assert_eq!(package(&one), package(&two));
    }

    #[test]
    fn links_and_special_files_are_refused_by_name() {
        let folder = folder();
        let link = folder.path().join("dev/link");
        std::os::unix::fs::symlink("/etc/passwd", &link).unwrap();
        let error = files(&of(&folder)).unwrap_err();
        assert!(error.to_string().contains("dev/link' is a symbolic link"), "{error}");
        fs::remove_file(&link).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(&link).unwrap();
        assert!(matches!(files(&of(&folder)), Err(PackageError::Special { .. })));
    }

    #[test]
    fn a_checkout_is_no_artifact() {
        let folder = folder();
        fs::create_dir(folder.path().join("dev/.git")).unwrap();
        let error = files(&of(&folder)).unwrap_err();
        assert!(error.to_string().contains("dev/.git' is Git's own"), "{error}");
        assert_eq!(
            error.next_step(),
            "push the folder that holds the artifact and nothing else: --root FOLDER"
        );
    }

    #[test]
    fn what_a_release_manager_will_not_take_is_told() {
        let folder = folder();
        let package = Package::of(folder.path(), &files(&of(&folder)).unwrap()).unwrap();
        assert_eq!(package.excess(&Limits::default()), None);
        let small = Limits { entries: 4, zip_bytes: 1, file_bytes: 1, total_bytes: 5 };
        assert_eq!(
            package.excess(&small).as_deref(),
            Some(
                "it is packed 1 MiB (1 MiB), its largest file is 1 MiB (1 MiB), it is unpacked 1 MiB (1 MiB), it has 5 files (4)"
            )
        );
    }
}
