//! The machine as templates see it.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use go_template::{Entry, World};

/// The real environment and file system; relative names start in the working folder.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Machine;

impl World for Machine {
    fn now(&self) -> i64 {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    }

    fn env(&self, name: &str) -> String {
        std::env::var(name).unwrap_or_default()
    }

    fn read_file(&self, path: &str) -> Result<String, String> {
        let bytes = fs::read(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => format!("open {path}: no such file or directory"),
            _ => format!("open {path}: {error}"),
        })?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn file_exists(&self, path: &str) -> bool {
        !matches!(fs::metadata(Path::new(path)), Err(error) if error.kind() == io::ErrorKind::NotFound)
    }

    fn folder(&self, path: &str) -> Vec<Entry> {
        let Ok(entries) = fs::read_dir(path) else { return Vec::new() };
        let mut found: Vec<Entry> = entries
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let metadata = entry.metadata().ok()?;
                let name = entry.file_name().to_string_lossy().into_owned();
                Some(Entry { name, size: metadata.len(), is_folder: metadata.is_dir() })
            })
            .collect();
        found.sort_by(|a, b| a.name.cmp(&b.name));
        found
    }

    fn random(&self, bytes: &mut [u8]) -> Result<(), String> {
        fs::File::open("/dev/urandom")
            .and_then(|mut source| source.read_exact(bytes))
            .map_err(|error| format!("open /dev/urandom: {error}"))
    }
}
