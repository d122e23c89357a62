//! The tables on disk.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use redb::{
    Database, DatabaseError, ReadableDatabase, ReadableTable, ReadableTableMetadata, TableDefinition,
};
use serde::Serialize;

use super::index::Plan;
use super::{DeadLetter, Entry, FILE_NAME, OutboxError};
use crate::report::Row;

const PENDING: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("pending");
const DEAD: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("dead");
const TOLD: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("told");
const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");
/// The layout of these tables.
const FORMAT: u64 = 1;
/// Pages kept in memory; nothing is read twice.
const CACHE_BYTES: usize = 2 << 20;

#[derive(Debug)]
pub(super) struct Store {
    path: PathBuf,
    db: Database,
}

/// The steps of one operation share their error; [`Store::named`] adds the file.
type Steps<T> = Result<T, redb::Error>;

impl Store {
    pub(super) fn open(dir: &Path) -> Result<Self, OutboxError> {
        std::fs::create_dir_all(dir).map_err(|source| OutboxError::Directory { path: dir.into(), source })?;
        let path = dir.join(FILE_NAME);
        let db =
            Database::builder().set_cache_size(CACHE_BYTES).create(&path).map_err(|source| match source {
                DatabaseError::DatabaseAlreadyOpen => OutboxError::InUse { path: path.clone() },
                other => OutboxError::Storage { path: path.clone(), source: Box::new(other.into()) },
            })?;
        let store = Self { path, db };
        let found = store.named(store.prepare())?;
        if found != FORMAT {
            return Err(OutboxError::Format { path: store.path, found });
        }
        Ok(store)
    }

    /// Makes the tables of a new file, so that readers find them, and returns the format.
    fn prepare(&self) -> Steps<u64> {
        let write = self.begin()?;
        let found = {
            let mut meta = write.open_table(META)?;
            let found = meta.get("format")?.map_or(FORMAT, |format| format.value());
            meta.insert("format", found)?;
            found
        };
        if found == FORMAT {
            write.open_table(PENDING)?;
            write.open_table(DEAD)?;
            write.open_table(TOLD)?;
        }
        write.commit()?;
        Ok(found)
    }

    fn begin(&self) -> Steps<redb::WriteTransaction> {
        let mut write = self.db.begin_write()?;
        // A killed daemon opens it at once instead of reading all of it.
        write.set_quick_repair(true);
        Ok(write)
    }

    /// A key after those of all entries and dead letters.
    pub(super) fn first_free_key(&self) -> Result<u64, OutboxError> {
        let read = || -> Steps<u64> {
            let read = self.db.begin_read()?;
            let mut free = 0;
            for table in [PENDING, DEAD] {
                let last = read.open_table(table)?.last()?.map(|(key, _)| key.value());
                free = last.map_or(free, |last| free.max(last + 1));
            }
            Ok(free)
        };
        self.named(read())
    }

    /// Every entry that reads.
    pub(super) fn pending(&self) -> Result<Vec<(u64, Entry)>, OutboxError> {
        self.named(self.all(PENDING))
    }

    pub(super) fn dead_letters(&self) -> Result<Vec<DeadLetter>, OutboxError> {
        let letters = self.named(self.all(DEAD))?;
        Ok(letters.into_iter().map(|(_, letter)| letter).collect())
    }

    fn all<T: serde::de::DeserializeOwned>(
        &self,
        table: TableDefinition<'_, u64, &[u8]>,
    ) -> Steps<Vec<(u64, T)>> {
        let mut all = Vec::new();
        for item in self.db.begin_read()?.open_table(table)?.iter()? {
            let (key, value) = item?;
            if let Ok(value) = serde_json::from_slice(value.value()) {
                all.push((key.value(), value));
            }
        }
        Ok(all)
    }

    pub(super) fn entry(&self, key: u64) -> Result<Option<Entry>, OutboxError> {
        let read = || -> Steps<Option<Entry>> {
            let value = self.db.begin_read()?.open_table(PENDING)?.get(key)?;
            Ok(value.and_then(|value| serde_json::from_slice(value.value()).ok()))
        };
        self.named(read())
    }

    /// Every row that reads; what does not is told again, which does no harm.
    pub(super) fn told(&self) -> Result<HashMap<String, Row>, OutboxError> {
        let read = || -> Steps<HashMap<String, Row>> {
            let mut rows = HashMap::new();
            for item in self.db.begin_read()?.open_table(TOLD)?.iter()? {
                let (uid, row) = item?;
                if let Ok(row) = serde_json::from_slice(row.value()) {
                    rows.insert(uid.value().to_owned(), row);
                }
            }
            Ok(rows)
        };
        self.named(read())
    }

    pub(super) fn commit(
        &self,
        plan: &Plan,
        entries: &[Entry],
        rows: &[(String, Option<Row>)],
    ) -> Result<(), OutboxError> {
        let added = plan
            .added(entries)
            .map(|(key, entry)| Ok((key, encode(entry)?)))
            .collect::<Result<Vec<_>, _>>()?;
        let rows = rows
            .iter()
            .map(|(uid, row)| Ok((uid, row.as_ref().map(encode).transpose()?)))
            .collect::<Result<Vec<_>, _>>()?;
        let write = || -> Steps<()> {
            let write = self.begin()?;
            {
                let mut pending = write.open_table(PENDING)?;
                for key in &plan.removed {
                    pending.remove(key)?;
                }
                for (key, value) in &added {
                    pending.insert(key, value.as_slice())?;
                }
                let mut told = write.open_table(TOLD)?;
                for (uid, row) in &rows {
                    match row {
                        Some(row) => told.insert(uid.as_str(), row.as_slice())?,
                        None => told.remove(uid.as_str())?,
                    };
                }
            }
            write.commit()?;
            Ok(())
        };
        self.named(write())
    }

    pub(super) fn settle(
        &self,
        ended: &[(u64, Option<String>)],
        now: Timestamp,
        max_dead: usize,
    ) -> Result<(), OutboxError> {
        let mut letters = Vec::new();
        for (key, reason) in ended {
            let Some(reason) = reason else { continue };
            if let Some(entry) = self.entry(*key)? {
                letters.push((key, encode(&DeadLetter { at: now, reason: reason.clone(), entry })?));
            }
        }
        let write = || -> Steps<()> {
            let write = self.begin()?;
            {
                let mut pending = write.open_table(PENDING)?;
                for (key, _) in ended {
                    pending.remove(key)?;
                }
                let mut dead = write.open_table(DEAD)?;
                for (key, letter) in &letters {
                    dead.insert(*key, letter.as_slice())?;
                }
                while dead.len()? > max_dead as u64 {
                    dead.pop_first()?;
                }
            }
            write.commit()?;
            Ok(())
        };
        self.named(write())
    }

    fn named<T>(&self, result: Steps<T>) -> Result<T, OutboxError> {
        result.map_err(|source| OutboxError::Storage { path: self.path.clone(), source: Box::new(source) })
    }
}

fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, OutboxError> {
    serde_json::to_vec(value).map_err(|source| OutboxError::Encode { source })
}
