//! What the specs of stored artifacts say, so that a listing does not unpack a zip a row; and what each artifact was when
//! it was first seen, so that one that is overwritten behind our back is noticed.
//!
//! One file. Thrown away it is rebuilt; only what was seen first is then seen anew.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use artifact::{ArtifactId, ArtifactSpec, ServiceName};
use explain::{Explain, Kind};
use redb::{Database, ReadableDatabase, TableDefinition};
use serde::{Deserialize, Serialize};

/// From `SERVICE/ID` to a [`Row`] as JSON.
const SPECS: TableDefinition<'static, &str, &[u8]> = TableDefinition::new("specs-1");

/// Memory for pages: a listing touches a few rows.
const CACHE_BYTES: usize = 4 << 20;

/// The specs of artifacts that were read before.
#[derive(Clone)]
pub struct SpecIndex {
    database: Arc<Database>,
    path: Arc<Path>,
}

/// The index file could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("the file {} failed", path.display())]
pub struct IndexError {
    path: PathBuf,
    #[source]
    source: Box<redb::Error>,
}

impl Explain for IndexError {
    fn kind(&self) -> Kind {
        Kind::Internal
    }

    fn next_step(&self) -> Cow<'static, str> {
        let path = self.path.display();
        match &*self.source {
            redb::Error::DatabaseAlreadyOpen => "stop the other process that uses it".into(),
            redb::Error::Io(_) => {
                format!("see that {path} is on a writable disk with free space, then start again").into()
            }
            _ => format!("delete {path} and start again: it is rebuilt from the artifacts").into(),
        }
    }
}

/// What is known of one artifact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Row {
    /// The tag of its object when it was read: while the object has it, the rest need not be read again.
    pub(crate) tag: String,
    /// What it was when it was first seen; none when it could not be read.
    #[serde(default)]
    pub(crate) digest: Option<String>,
    /// Its spec; none when it could not be read.
    pub(crate) spec: Option<ArtifactSpec>,
}

impl SpecIndex {
    /// Opens the file, or makes it. A file that is damaged is made anew; a disk that is full or a file that is not ours
    /// says nothing about what is in it, and costs no file.
    ///
    /// # Errors
    /// When the file cannot be used at all.
    pub fn open(path: &Path) -> Result<Self, IndexError> {
        let failed = |source: redb::Error| IndexError { path: path.to_owned(), source: Box::new(source) };
        let create = || {
            let mut builder = Database::builder();
            builder.set_cache_size(CACHE_BYTES);
            builder.create(path).map_err(redb::Error::from)
        };
        let database = create().or_else(|error| {
            if !is_damage(&error) {
                return Err(failed(error));
            }
            std::fs::remove_file(path).map_err(|error| failed(error.into()))?;
            create().map_err(failed)
        })?;
        Ok(Self { database: Arc::new(database), path: path.into() })
    }

    /// The row of an artifact.
    pub(crate) fn get(&self, service: &ServiceName, id: &ArtifactId) -> Result<Option<Row>, IndexError> {
        let read = || -> Result<Option<Vec<u8>>, redb::Error> {
            let transaction = self.database.begin_read()?;
            match transaction.open_table(SPECS) {
                Ok(table) => Ok(table.get(key(service, id).as_str())?.map(|row| row.value().to_vec())),
                Err(redb::TableError::TableDoesNotExist(_)) => Ok(None),
                Err(error) => Err(error.into()),
            }
        };
        let bytes = read().map_err(|source| self.failed(source))?;
        // A row that cannot be read was written by another version: as good as none.
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    /// Keeps what was read.
    pub(crate) fn put(&self, service: &ServiceName, rows: &[(ArtifactId, Row)]) -> Result<(), IndexError> {
        if rows.is_empty() {
            return Ok(());
        }
        let write = || -> Result<(), redb::Error> {
            let mut transaction = self.database.begin_write()?;
            // Else a killed process pays for a walk over the whole file when it starts again.
            transaction.set_quick_repair(true);
            {
                let mut table = transaction.open_table(SPECS)?;
                for (id, row) in rows {
                    // A spec was read from JSON and can be written as such.
                    let bytes = serde_json::to_vec(row).unwrap_or_default();
                    table.insert(key(service, id).as_str(), bytes.as_slice())?;
                }
            }
            transaction.commit()?;
            Ok(())
        };
        write().map_err(|source| self.failed(source))
    }

    fn failed(&self, source: redb::Error) -> IndexError {
        IndexError { path: self.path.to_path_buf(), source: Box::new(source) }
    }
}

/// Whether what is in the file is no longer what was written, or was never ours.
fn is_damage(error: &redb::Error) -> bool {
    use std::io::ErrorKind::{InvalidData, UnexpectedEof};
    match error {
        redb::Error::Io(error) => matches!(error.kind(), InvalidData | UnexpectedEof),
        redb::Error::Corrupted(_) | redb::Error::RepairAborted | redb::Error::UpgradeRequired(_) => true,
        // The library's list grows; what it does not call damage is none.
        _ => false,
    }
}

fn key(service: &ServiceName, id: &ArtifactId) -> String {
    format!("{service}/{id}")
}

impl std::fmt::Debug for SpecIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SpecIndex").field("path", &self.path).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_reads_back_and_one_of_an_earlier_version_does_too() {
        let folder = tempfile::tempdir().unwrap();
        let index = SpecIndex::open(&folder.path().join("index.redb")).unwrap();
        let (service, id): (_, ArtifactId) = ("s".parse().unwrap(), "a-1".parse().unwrap());
        assert!(index.get(&service, &id).unwrap().is_none());
        let spec = ArtifactSpec { id: "a-1".to_owned(), ..ArtifactSpec::default() };
        let row = Row { tag: "t1".to_owned(), digest: Some("d1".to_owned()), spec: Some(spec) };
        index.put(&service, &[(id.clone(), row.clone())]).unwrap();
        assert_eq!(index.get(&service, &id).unwrap(), Some(row));
        let old: Row = serde_json::from_str(r#"{"tag":"t","spec":null}"#).unwrap();
        assert_eq!(old, Row { tag: "t".to_owned(), digest: None, spec: None });
    }

    #[test]
    fn a_damaged_file_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("index.redb");
        std::fs::write(&path, vec![7; 8192]).unwrap();
        let index = SpecIndex::open(&path).unwrap();
        assert!(index.get(&"s".parse().unwrap(), &"a".parse().unwrap()).unwrap().is_none());
    }

    #[test]
    fn a_full_disk_costs_no_file() {
        let folder = tempfile::tempdir().unwrap();
        // A device that is always full.
        let path = folder.path().join("index.redb");
        std::os::unix::fs::symlink("/dev/full", &path).unwrap();
        let error = SpecIndex::open(&path).unwrap_err();
        assert!(path.is_symlink(), "nothing was removed");
        assert!(error.next_step().contains("free space"), "{}", error.next_step());
    }
}
