//! From commits to rows.

use git_mirror::{Commit, CommitId, Reader};
use redb::{ReadableTable, WriteTransaction};

use super::key::{self, Place};
use super::{ARTIFACTS, IDS, META, RELEASES, SERVICES, number};
use crate::index::query::{Landed, Row};
use crate::{IndexError, message};

/// Commits whose rows are held in memory at once, however long the history is; few in tests, whose histories are short.
const CHUNK: usize = if cfg!(test) { 3 } else { 4096 };

/// What one commit on the branch's line brought; most bring one release.
pub(crate) struct Landing {
    releases: Vec<Row>,
}

/// The commits on the branch's line that the index does not hold.
pub(crate) struct News {
    /// The newest of them, newest first.
    newest: Vec<Landing>,
    /// Those before, newest first, to be read once more.
    older: Vec<CommitId>,
    /// Whether what the index holds comes before them.
    pub(crate) found: bool,
}

impl News {
    /// Walks from `tip` back to `known` or to the root.
    pub(crate) fn find(
        reader: &Reader,
        tip: CommitId,
        known: Option<CommitId>,
    ) -> Result<Self, git_mirror::Error> {
        let mut news = Self { newest: Vec::new(), older: Vec::new(), found: false };
        for commit in reader.history(tip) {
            let commit = commit?;
            if Some(commit.id) == known {
                news.found = true;
                break;
            }
            if news.newest.len() < CHUNK {
                news.newest.push(Landing::of(reader, &commit)?);
            } else {
                news.older.push(commit.id);
            }
        }
        Ok(news)
    }

    /// How many commits there are.
    pub(crate) fn len(&self) -> usize {
        self.newest.len() + self.older.len()
    }

    /// What they brought, oldest first, a chunk at a time.
    pub(crate) fn chunks(
        mut self,
        reader: &Reader,
    ) -> impl Iterator<Item = Result<Vec<Landing>, git_mirror::Error>> {
        self.newest.reverse();
        let newest = std::mem::take(&mut self.newest);
        let mut older = self.older;
        let chunks = std::iter::from_fn(move || {
            let start = older.len().saturating_sub(CHUNK);
            let chunk: Vec<CommitId> = older.drain(start..).rev().collect();
            let landing = |id| Landing::of(reader, &reader.commit(id)?);
            (!chunk.is_empty()).then(|| chunk.into_iter().map(landing).collect())
        });
        chunks.chain(std::iter::once(Ok(newest)))
    }
}

impl Landing {
    fn of(reader: &Reader, commit: &Commit) -> Result<Self, git_mirror::Error> {
        let mut releases: Vec<Row> = Vec::new();
        if commit.parents.len() > 1 {
            releases.extend(reader.merged_by(commit)?.iter().filter_map(row));
        }
        releases.extend(row(commit));
        Ok(Self { releases })
    }

    /// The releases it brought.
    pub(crate) fn landed(self) -> impl Iterator<Item = Result<Landed, IndexError>> {
        self.releases.into_iter().map(Row::landed)
    }
}

fn row(commit: &Commit) -> Option<Row> {
    message::read(&commit.message).map(|record| Row::new(commit, &record))
}

/// Writes rows after those that are there.
pub(crate) fn store(
    transaction: &WriteTransaction,
    landings: &[Landing],
    tip: CommitId,
) -> Result<(), IndexError> {
    let mut meta = transaction.open_table(META)?;
    let mut releases = transaction.open_table(RELEASES)?;
    let mut artifacts = transaction.open_table(ARTIFACTS)?;
    let mut ids = transaction.open_table(IDS)?;
    let mut services = transaction.open_table(SERVICES)?;
    let mut line = meta.get("line")?.and_then(|value| number(value.value())).unwrap_or(0);
    for landing in landings {
        line += 1;
        for (below, row) in (0u32..).zip(&landing.releases) {
            let place = Place { line, below };
            let service = key::service(&row.environment, &row.service);
            let at = key::at(service.clone(), place);
            let bytes = serde_json::to_vec(row).map_err(IndexError::Record)?;
            releases.insert(at.as_slice(), bytes.as_slice())?;
            artifacts.insert(key::at(key::artifact(&row.artifact), place).as_slice(), at.as_slice())?;
            services.insert(service.as_slice(), at.as_slice())?;
            if let Some(id) = row.release_id {
                // The first commit of a release is the release; a second one would be somebody's copy.
                let known = ids.get(id.as_bytes().as_slice())?.is_some();
                if !known {
                    ids.insert(id.as_bytes().as_slice(), at.as_slice())?;
                }
            }
        }
    }
    meta.insert("line", line.to_be_bytes().as_slice())?;
    meta.insert("tip", tip.as_bytes())?;
    Ok(())
}
