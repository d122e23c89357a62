//! The queue on the disk: one row an item, one commit a batch.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use serde::{Deserialize, Serialize};

use crate::{Item, ItemId, QueueError, State};

/// From the number of an item to its [`Row`] as JSON and its payload.
const ITEMS: TableDefinition<'static, u64, (&str, &[u8])> = TableDefinition::new("items-1");

/// Numbers that outlive the items.
const NUMBERS: TableDefinition<'static, &str, u64> = TableDefinition::new("numbers-1");

/// The number of the next item.
const NEXT: &str = "next";

/// Memory for pages: the queue is short, and its items are in memory anyway.
const CACHE_BYTES: usize = 4 << 20;

pub(crate) struct File {
    database: Database,
    path: PathBuf,
}

/// What is written of an item.
#[derive(Serialize, Deserialize)]
struct Row {
    kind: String,
    #[serde(default)]
    key: String,
    /// Milliseconds since 1970.
    accepted: u64,
    #[serde(default)]
    attempts: u32,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    dead: bool,
}

/// A change of one row.
#[derive(Debug)]
pub(crate) enum Write {
    Put(Item),
    Remove(ItemId),
}

/// What a file holds when it is opened.
pub(crate) struct Content {
    pub(crate) items: Vec<Item>,
    pub(crate) next: u64,
}

impl File {
    /// Opens the file, or makes it.
    pub(crate) fn open(path: &Path) -> Result<(Self, Content), QueueError> {
        let failed =
            |source: redb::Error| QueueError::Open { path: path.to_owned(), source: Box::new(source) };
        let mut builder = Database::builder();
        builder.set_cache_size(CACHE_BYTES);
        let database = builder.create(path).map_err(|error| failed(error.into()))?;
        let file = Self { database, path: path.to_owned() };
        // Both tables are made at once, so that reading never meets a file without them.
        file.commit(0, &[]).map_err(failed)?;
        let rows = file.rows().map_err(failed)?;
        let mut items = Vec::with_capacity(rows.len());
        for (id, row, payload) in rows {
            items.push(file.read(id, &row, payload)?);
        }
        let next = file.next().map_err(failed)?;
        Ok((file, Content { items, next }))
    }

    /// Makes all changes, durably and together.
    pub(crate) fn commit(&self, next: u64, writes: &[Write]) -> Result<(), redb::Error> {
        let mut transaction = self.database.begin_write()?;
        // Else a killed process pays for a walk over the whole file when it starts again.
        transaction.set_quick_repair(true);
        {
            let mut numbers = transaction.open_table(NUMBERS)?;
            let known = numbers.get(NEXT)?.map_or(0, |number| number.value());
            numbers.insert(NEXT, next.max(known))?;
            let mut items = transaction.open_table(ITEMS)?;
            for write in writes {
                match write {
                    Write::Put(item) => {
                        items.insert(item.id.0, (row(item).as_str(), item.payload.as_slice()))?;
                    }
                    Write::Remove(id) => {
                        items.remove(id.0)?;
                    }
                }
            }
        }
        transaction.commit()?;
        Ok(())
    }

    fn rows(&self) -> Result<Vec<(u64, String, Vec<u8>)>, redb::Error> {
        let items = self.database.begin_read()?.open_table(ITEMS)?;
        items
            .iter()?
            .map(|entry| {
                let (id, value) = entry?;
                let (row, payload) = value.value();
                Ok((id.value(), row.to_owned(), payload.to_vec()))
            })
            .collect()
    }

    fn next(&self) -> Result<u64, redb::Error> {
        let numbers = self.database.begin_read()?.open_table(NUMBERS)?;
        Ok(numbers.get(NEXT)?.map_or(0, |number| number.value()))
    }

    fn read(&self, id: u64, row: &str, payload: Vec<u8>) -> Result<Item, QueueError> {
        let row: Row = serde_json::from_str(row).map_err(|source| QueueError::Row {
            path: self.path.clone(),
            id,
            source,
        })?;
        Ok(Item {
            id: ItemId(id),
            kind: row.kind,
            key: row.key,
            payload,
            // Whoever had taken it is gone, and what it waited for may have come meanwhile.
            state: if row.dead { State::Dead } else { State::Pending },
            attempts: row.attempts,
            reason: row.reason,
            accepted: SystemTime::UNIX_EPOCH + Duration::from_millis(row.accepted),
        })
    }
}

fn row(item: &Item) -> String {
    let since = item.accepted.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let row = Row {
        kind: item.kind.clone(),
        key: item.key.clone(),
        accepted: u64::try_from(since.as_millis()).unwrap_or(u64::MAX),
        attempts: item.attempts,
        reason: item.reason.clone(),
        dead: item.state == State::Dead,
    };
    serde_json::to_string(&row).expect("a struct of texts and numbers can be written as JSON")
}
