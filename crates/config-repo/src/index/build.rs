//! From commits to rows.

use git_mirror::{Commit, CommitId, Reader};
use redb::{ReadableTable, WriteTransaction};

use super::key::{self, Place};
use super::{ARTIFACTS, IDS, META, RELEASES, SERVICES, number};
use crate::index::query::{Landed, Row};
use crate::{IndexError, message};

/// What one commit on the branch's line brought; most bring one release.
pub(crate) struct Landing {
    releases: Vec<Row>,
}

/// The commits on the line from `tip` back to `known` or to the root, oldest first, and whether `known` was met.
pub(crate) fn collect(
    reader: &Reader,
    tip: CommitId,
    known: Option<CommitId>,
) -> Result<(Vec<Landing>, bool), git_mirror::Error> {
    let mut landings = Vec::new();
    let mut found = false;
    for commit in reader.history(tip) {
        let commit = commit?;
        if Some(commit.id) == known {
            found = true;
            break;
        }
        let mut releases: Vec<Row> = Vec::new();
        if commit.parents.len() > 1 {
            releases.extend(reader.merged_by(&commit)?.iter().filter_map(row));
        }
        releases.extend(row(&commit));
        landings.push(Landing { releases });
    }
    landings.reverse();
    Ok((landings, found))
}

impl Landing {
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
