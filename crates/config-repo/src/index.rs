//! What the history says, ready to be asked: an embedded file made from commits, and made again when in doubt.
//!
//! Releases are kept in **landing order**: the place on the branch's own line (first parents) where a release
//! arrived, and below that its place among the commits a merge brought. Both depend on the commit alone, so an index
//! that was kept up to date commit by commit equals one made at once.

mod build;
mod key;
mod query;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use git_mirror::{CommitId, Reader};
use redb::{Database, Durability, ReadableTable, TableDefinition};
use tracing::{info, warn};

pub use query::Landed;

use crate::IndexError;

/// Bytes of the file kept in memory.
const CACHE_BYTES: usize = 8 << 20;

/// Commits of a repository seen for the first time that are told as news: of one that is just beginning they are, of
/// one with a history they are not.
const MOST_FIRST_NEWS: usize = 100;

/// Raised when what is stored changes; a file of another number is made again.
const FORMAT: u64 = 1;

/// Format, tip and its place on the line.
const META: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("meta");
/// Environment, service, place: the release.
const RELEASES: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("releases");
/// Artifact, place: the key in [`RELEASES`].
const ARTIFACTS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("artifacts");
/// Release id: the key in [`RELEASES`].
const IDS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("ids");
/// Environment, service: the key of the newest release in [`RELEASES`].
const SERVICES: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("services");

/// The index; cheap to clone, readers never wait.
#[derive(Clone)]
pub(crate) struct Index {
    database: Arc<Database>,
}

impl Index {
    /// Opens the file; one that is damaged or of another format is thrown away. A disk that is full or a file that is
    /// not ours says nothing about what is in it, and costs no file.
    pub(crate) fn open(path: &Path) -> Result<Self, IndexError> {
        Self::open_sound(path).or_else(|error| {
            if !error.is_damage() {
                return Err(error);
            }
            let reason = explain::chain(&error).join(": ");
            warn!(reason, index = %path.display(), "the release index is unusable: making it again");
            std::fs::remove_file(path).map_err(|error| IndexError::Open {
                path: path.to_owned(),
                source: Box::new(error.into()),
            })?;
            Self::open_sound(path)
        })
    }

    fn open_sound(path: &Path) -> Result<Self, IndexError> {
        let opened = Database::builder().set_cache_size(CACHE_BYTES).create(path);
        let database = opened.map_err(|error| match error {
            redb::DatabaseError::DatabaseAlreadyOpen => IndexError::InUse { path: path.to_owned() },
            error => IndexError::Open { path: PathBuf::from(path), source: Box::new(error.into()) },
        })?;
        let index = Self { database: Arc::new(database) };
        if index.format()? != FORMAT {
            index.clear()?;
        }
        Ok(index)
    }

    fn format(&self) -> Result<u64, IndexError> {
        let transaction = self.database.begin_write()?;
        let found = {
            // Opening makes the tables that readers expect.
            transaction.open_table(RELEASES)?;
            transaction.open_table(ARTIFACTS)?;
            transaction.open_table(IDS)?;
            transaction.open_table(SERVICES)?;
            let meta = transaction.open_table(META)?;
            meta.get("format")?.and_then(|value| number(value.value()))
        };
        transaction.commit()?;
        Ok(found.unwrap_or(0))
    }

    /// Forgets everything.
    pub(crate) fn clear(&self) -> Result<(), IndexError> {
        let transaction = self.database.begin_write()?;
        transaction.delete_table(META)?;
        for table in [RELEASES, ARTIFACTS, IDS, SERVICES] {
            transaction.delete_table(table)?;
            transaction.open_table(table)?;
        }
        transaction.open_table(META)?.insert("format", FORMAT.to_be_bytes().as_slice())?;
        transaction.commit()?;
        Ok(())
    }

    /// Takes in the commits up to `tip` that are new, and tells the releases in them, oldest first; starts over, and
    /// tells nothing, when what it holds is not in the history of `tip`.
    pub(crate) fn catch_up(&self, reader: &Reader, tip: CommitId) -> Result<Vec<Landed>, crate::ReadError> {
        let known = self.tip()?;
        if known == Some(tip) {
            return Ok(Vec::new());
        }
        let news = build::News::find(reader, tip, known)?;
        let (found, new) = (news.found, news.len());
        if known.is_some() && !found {
            info!(%tip, "the release index is of another history: making it again");
            self.clear()?;
        }
        let told = found || (known.is_none() && new <= MOST_FIRST_NEWS);
        let mut landed = Vec::new();
        let transaction = self.begin(if found { Durability::None } else { Durability::Immediate })?;
        for landings in news.chunks(reader) {
            let landings = landings?;
            build::store(&transaction, &landings, tip)?;
            if told {
                let rows = landings.into_iter().flat_map(build::Landing::landed);
                landed.extend(rows.collect::<Result<Vec<Landed>, IndexError>>()?);
            }
        }
        transaction.commit().map_err(IndexError::from)?;
        if !found {
            info!(commits = new, %tip, "the release index is complete");
        }
        Ok(landed)
    }

    /// Makes sure that what was taken in survives a restart. Without it only the work is lost.
    pub(crate) fn persist(&self) -> Result<(), IndexError> {
        self.begin(Durability::Immediate)?.commit()?;
        Ok(())
    }

    fn begin(&self, durability: Durability) -> Result<redb::WriteTransaction, IndexError> {
        let mut transaction = self.database.begin_write()?;
        transaction.set_durability(durability)?;
        // A killed process then opens at once instead of after a scan of the file.
        transaction.set_quick_repair(matches!(durability, Durability::Immediate));
        Ok(transaction)
    }
}

fn number(bytes: &[u8]) -> Option<u64> {
    bytes.try_into().ok().map(u64::from_be_bytes)
}

#[cfg(test)]
mod tests;
