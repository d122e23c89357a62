//! The folder of a build as one zip.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use explain::{Explain, Kind};
use md5::{Digest, Md5};
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::folder::{UNFINISHED, below};

/// The zip, in a file that is gone when we are.
#[derive(Debug)]
pub(super) struct Package {
    file: File,
    /// Its length in bytes.
    pub(super) size: u64,
    /// Its MD5, raw, in base64.
    pub(super) md5: String,
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
            Self::Link { .. } | Self::Special { .. } | Self::Name { .. } => Kind::Invalid,
            Self::Read { .. } | Self::Zip { .. } | Self::Temporary(_) => Kind::Failed,
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Link { .. } => "put a copy of the file in its place".into(),
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
pub(super) fn files(root: &Path) -> Result<Vec<String>, PackageError> {
    let mut found = Vec::new();
    walk(root, "", &mut found)?;
    Ok(found)
}

fn walk(root: &Path, inside: &str, found: &mut Vec<String>) -> Result<(), PackageError> {
    let folder = root.join(inside);
    let failed = |source| PackageError::Read { path: folder.clone(), source };
    let mut entries =
        fs::read_dir(&folder).and_then(Iterator::collect::<io::Result<Vec<_>>>).map_err(failed)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = below(root, Path::new(inside).join(entry.file_name()));
        let name = entry.file_name().into_string().map_err(|_| PackageError::Name { path: path.clone() })?;
        let relative = if inside.is_empty() { name } else { format!("{inside}/{name}") };
        let kind = entry.file_type().map_err(failed)?;
        match kind {
            _ if kind.is_dir() => walk(root, &relative, found)?,
            _ if kind.is_symlink() => return Err(PackageError::Link { path }),
            _ if !kind.is_file() => return Err(PackageError::Special { path }),
            _ if relative.ends_with(UNFINISHED) => {}
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
        for name in files {
            let path = below(root, name);
            let failed = |source| PackageError::Read { path: path.clone(), source };
            let packed = |source| PackageError::Zip { path: path.clone(), source };
            let mut file = File::open(&path).map_err(failed)?;
            let length = file.metadata().map_err(failed)?.len();
            let options = SimpleFileOptions::default()
                .compression_method(CompressionMethod::Deflated)
                .large_file(length > u64::from(u32::MAX))
                .unix_permissions(0o644);
            zip.start_file(name.as_str(), options).map_err(packed)?;
            io::copy(&mut file, &mut zip).map_err(failed)?;
        }
        let failed = |source| PackageError::Zip { path: root.to_owned(), source };
        let mut file = zip.finish().map_err(failed)?;
        let (size, md5) = measure(&mut file).map_err(PackageError::Temporary)?;
        Ok(Self { file, size, md5 })
    }

    /// The zip from its first byte on. Handles share their position: one upload at a time.
    pub(super) fn reader(&self) -> io::Result<File> {
        let mut file = self.file.try_clone()?;
        file.rewind()?;
        Ok(file)
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
            ("x.unfinished", ""),
        ] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        fs::create_dir(folder.path().join("empty")).unwrap();
        folder
    }

    #[test]
    fn the_zip_holds_every_file_in_lexical_order_and_no_folder() {
        let folder = folder();
        let files = files(folder.path()).unwrap();
        assert_eq!(files, ["artifact.json", "dev/a.yaml", "dev/b.yaml", "dev.txt"]);
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
            Package::of(folder.path(), &files(folder.path()).unwrap()).unwrap().md5
        };
        assert_eq!(package(&one), package(&two));
    }

    #[test]
    fn links_and_special_files_are_refused_by_name() {
        let folder = folder();
        let link = folder.path().join("dev/link");
        std::os::unix::fs::symlink("/etc/passwd", &link).unwrap();
        let error = files(folder.path()).unwrap_err();
        assert!(error.to_string().contains("dev/link' is a symbolic link"), "{error}");
        fs::remove_file(&link).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(&link).unwrap();
        assert!(matches!(files(folder.path()), Err(PackageError::Special { .. })));
    }
}
