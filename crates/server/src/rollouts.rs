//! What the clusters made of releases, as their daemons reported it.
//!
//! One small file, which may be deleted: daemons tell again what changes. A record is about one artifact of one
//! service in one namespace of one environment; `status` and `describe` show that of what runs there.

mod place;
mod record;

use std::borrow::Cow;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use api::{DeployEvent, JobErrorEvent, PodErrorEvent, ReportKind, Rollout};
use explain::{Explain, Kind};
use jiff::Timestamp;
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use config_repo::Workload;
pub(crate) use place::Place;
use record::Record;

/// From `environment/namespace/service/artifact` to a [`Record`] as JSON.
const ROLLOUTS: TableDefinition<'static, &str, &[u8]> = TableDefinition::new("rollouts-2");

/// Records of releases whose last report is older than this are forgotten at the next start.
const KEPT_SECONDS: i64 = 90 * 24 * 3600;

/// Memory for pages.
const CACHE_BYTES: usize = 2 << 20;

/// One report of a daemon.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Report {
    Deploy(DeployEvent),
    PodError(PodErrorEvent),
    JobError(JobErrorEvent),
}

impl Report {
    /// What kind of report it is.
    pub(crate) fn kind(&self) -> ReportKind {
        match self {
            Self::Deploy(_) => ReportKind::Deploy,
            Self::PodError(_) => ReportKind::PodError,
            Self::JobError(_) => ReportKind::JobError,
        }
    }

    /// Environment, namespace and artifact.
    pub(crate) fn place(&self) -> [&str; 3] {
        match self {
            Self::Deploy(event) => [&event.environment, &event.namespace, &event.artifact_id],
            Self::PodError(event) => [&event.environment, &event.namespace, &event.artifact_id],
            Self::JobError(event) => [&event.environment, &event.namespace, &event.artifact_id],
        }
    }
}

/// Which report it is, and when it came.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source {
    pub(crate) id: Uuid,
    pub(crate) at: Timestamp,
}

/// The records there are.
pub(crate) struct Rollouts {
    database: Database,
    path: PathBuf,
}

/// The file of records failed.
#[derive(Debug, thiserror::Error)]
#[error("the file {} failed", path.display())]
pub(crate) struct RolloutsError {
    path: PathBuf,
    #[source]
    source: Box<redb::Error>,
}

impl RolloutsError {
    /// Whether what is in the file is no longer what was written, or was never ours.
    fn is_damage(&self) -> bool {
        match &*self.source {
            redb::Error::Io(error) => {
                matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::UnexpectedEof)
            }
            redb::Error::Corrupted(_)
            | redb::Error::RepairAborted
            | redb::Error::UpgradeRequired(_)
            | redb::Error::TableTypeMismatch { .. } => true,
            _ => false,
        }
    }
}

impl Explain for RolloutsError {
    fn kind(&self) -> Kind {
        Kind::Internal
    }

    fn next_step(&self) -> Cow<'static, str> {
        let path = self.path.display();
        match &*self.source {
            redb::Error::Io(error) if error.kind() == ErrorKind::StorageFull => {
                format!("free space on the disk of {path}, then start again").into()
            }
            redb::Error::DatabaseAlreadyOpen => {
                format!("stop the other server that uses {path}, or give this one a --data-dir of its own")
                    .into()
            }
            _ => format!("check the disk of {path}, and that the server may write to it, then start again")
                .into(),
        }
    }
}

impl Rollouts {
    /// Opens the file, or makes it, and forgets what is old. A damaged file is moved aside, and a new one made.
    pub(crate) fn open(path: &Path, now: Timestamp) -> Result<Self, RolloutsError> {
        Self::open_sound(path, now).or_else(|error| {
            if !error.is_damage() {
                return Err(error);
            }
            let aside = path.with_extension("redb.damaged");
            let reason = explain::chain(&error).join(": ");
            tracing::warn!(reason, aside = %aside.display(), "the rollouts are moved aside: daemons report anew");
            std::fs::rename(path, &aside)
                .map_err(|error| RolloutsError { path: path.to_owned(), source: Box::new(error.into()) })?;
            Self::open_sound(path, now)
        })
    }

    fn open_sound(path: &Path, now: Timestamp) -> Result<Self, RolloutsError> {
        let mut builder = Database::builder();
        builder.set_cache_size(CACHE_BYTES);
        let database = builder
            .create(path)
            .map_err(|error| RolloutsError { path: path.to_owned(), source: Box::new(error.into()) })?;
        let rollouts = Self { database, path: path.to_owned() };
        let oldest = now.as_second() - KEPT_SECONDS;
        rollouts.write(|table| {
            table
                .retain(|_, row| Record::read(row).is_some_and(|record| record.observed_second() > oldest))?;
            Ok(())
        })?;
        Ok(rollouts)
    }

    /// What is known of an artifact somewhere since it was released there; a file that fails knows nothing, and says
    /// so in the log. `alone` is whether no other service could be meant by a report that names none; `expected` is
    /// asked for what has to come up, where that was not known at the last report.
    pub(crate) fn of(
        &self,
        place: &Place,
        alone: bool,
        since: Option<Timestamp>,
        expected: impl FnOnce() -> Option<Vec<Workload>>,
    ) -> Option<Rollout> {
        let read = || -> Result<Option<Record>, redb::Error> {
            let table = self.database.begin_read()?.open_table(ROLLOUTS)?;
            let mut row = table.get(place.key().as_str())?;
            if row.is_none() && alone {
                row = table.get(place.unowned().key().as_str())?;
            }
            Ok(row.and_then(|row| Record::read(row.value())))
        };
        match read() {
            Ok(record) => {
                let mut record = record.filter(|record| record.is_of_release(since))?;
                if !record.knows_what_is_expected() {
                    record.expect(expected());
                }
                Some(record.rollout(&place.artifact))
            }
            Err(error) => {
                tracing::warn!(%error, path = %self.path.display(), "rollouts cannot be read");
                None
            }
        }
    }

    /// Keeps a report; what is known with it, if it says anything new. A daemon that did not hear our answer reports
    /// again, which is no news; the report that was taken in last says the same again, so that who was killed before
    /// telling of it can tell. What was known from before the artifact was released there, when it comes back by a rollback, is
    /// forgotten.
    pub(crate) fn take_in(
        &self,
        report: &Report,
        (place, since, expected): (&Place, Option<Timestamp>, Option<Vec<Workload>>),
        source: Source,
    ) -> Result<Option<Rollout>, RolloutsError> {
        let mut news = None;
        self.write(|table| {
            let read =
                |row: Option<redb::AccessGuard<'_, &[u8]>>| row.and_then(|row| Record::read(row.value()));
            let mut known = read(table.get(place.key().as_str())?);
            if known.is_none() {
                // What came before it was known whose it is.
                known = read(table.remove(place.unowned().key().as_str())?);
            }
            let mut record = known.filter(|record| record.is_of_release(since)).unwrap_or_default();
            record.expect(expected);
            if record.take_in(report, source) {
                news = Some(record.clone().rollout(&place.artifact));
            }
            table.insert(place.key().as_str(), record.write().as_slice())?;
            Ok(())
        })?;
        Ok(news)
    }

    fn write(
        &self,
        change: impl FnOnce(&mut redb::Table<'_, &'static str, &'static [u8]>) -> Result<(), redb::Error>,
    ) -> Result<(), RolloutsError> {
        let commit = || -> Result<(), redb::Error> {
            let mut transaction = self.database.begin_write()?;
            transaction.set_quick_repair(true);
            change(&mut transaction.open_table(ROLLOUTS)?)?;
            transaction.commit()?;
            Ok(())
        };
        commit().map_err(|source| RolloutsError { path: self.path.clone(), source: Box::new(source) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_file_is_moved_aside_and_a_new_one_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rollouts.redb");
        drop(Rollouts::open(&path, Timestamp::UNIX_EPOCH).unwrap());
        let whole = std::fs::read(&path).unwrap();
        for damaged in [b"garbage".repeat(2000), whole[..whole.len() / 2].to_vec(), whole[..100].to_vec()] {
            std::fs::write(&path, &damaged).unwrap();
            let rollouts = Rollouts::open(&path, Timestamp::UNIX_EPOCH).unwrap();
            assert!(rollouts.of(&Place::default(), true, None, || None).is_none());
            drop(rollouts);
            assert_eq!(std::fs::read(path.with_extension("redb.damaged")).unwrap(), damaged);
        }
    }

    #[test]
    fn a_full_disk_costs_no_file() {
        let full = redb::Error::Io(ErrorKind::StorageFull.into());
        let error = RolloutsError { path: "/data/rollouts.redb".into(), source: Box::new(full) };
        assert!(!error.is_damage());
        assert_eq!(error.next_step(), "free space on the disk of /data/rollouts.redb, then start again");
    }
}
