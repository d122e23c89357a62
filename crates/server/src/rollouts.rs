//! What the clusters made of releases, as their daemons reported it.
//!
//! One small file, which may be deleted: daemons tell again what changes. A record is about one artifact in one
//! namespace of one environment; `status` and `describe` show that of what runs there.

mod record;

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use api::{DeployEvent, JobErrorEvent, PodErrorEvent, Rollout};
use explain::{Explain, Kind};
use jiff::Timestamp;
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};

use record::Record;

/// From `environment/namespace/artifact` to a [`Record`] as JSON.
const ROLLOUTS: TableDefinition<'static, &str, &[u8]> = TableDefinition::new("rollouts-1");

/// Records of releases whose last report is older than this are forgotten at the next start.
const KEPT_SECONDS: i64 = 90 * 24 * 3600;

/// Memory for pages.
const CACHE_BYTES: usize = 2 << 20;

/// One report of a daemon.
#[derive(Clone, Debug)]
pub(crate) enum Report {
    Deploy(DeployEvent),
    PodError(PodErrorEvent),
    JobError(JobErrorEvent),
}

impl Report {
    /// Environment, namespace and artifact.
    pub(crate) fn place(&self) -> [&str; 3] {
        match self {
            Self::Deploy(event) => [&event.environment, &event.namespace, &event.artifact_id],
            Self::PodError(event) => [&event.environment, &event.namespace, &event.artifact_id],
            Self::JobError(event) => [&event.environment, &event.namespace, &event.artifact_id],
        }
    }
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

impl Explain for RolloutsError {
    fn kind(&self) -> Kind {
        Kind::Internal
    }

    fn next_step(&self) -> Cow<'static, str> {
        format!("delete {} and start again: daemons report anew what changes", self.path.display()).into()
    }
}

impl Rollouts {
    /// Opens the file, or makes it, and forgets what is old.
    pub(crate) fn open(path: &Path, now: Timestamp) -> Result<Self, RolloutsError> {
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
    /// so in the log.
    pub(crate) fn of(
        &self,
        environment: &str,
        namespace: &str,
        artifact: &str,
        since: Option<Timestamp>,
    ) -> Option<Rollout> {
        let read = || -> Result<Option<Record>, redb::Error> {
            let table = self.database.begin_read()?.open_table(ROLLOUTS)?;
            let row = table.get(key([environment, namespace, artifact]).as_str())?;
            Ok(row.and_then(|row| Record::read(row.value())))
        };
        match read() {
            Ok(record) => {
                record.filter(|record| record.is_of_release(since)).map(|record| record.rollout(artifact))
            }
            Err(error) => {
                tracing::warn!(%error, path = %self.path.display(), "rollouts cannot be read");
                None
            }
        }
    }

    /// Keeps a report; whether it says anything new. A daemon that did not hear our answer reports again. What was
    /// known from before the artifact was released there, when it comes back by a rollback, is forgotten.
    pub(crate) fn take_in(
        &self,
        report: &Report,
        since: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<bool, RolloutsError> {
        let key = key(report.place());
        let mut news = false;
        self.write(|table| {
            let known = table.get(key.as_str())?.and_then(|row| Record::read(row.value()));
            let mut record = known.filter(|record| record.is_of_release(since)).unwrap_or_default();
            news = record.take_in(report, now);
            table.insert(key.as_str(), record.write().as_slice())?;
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

/// Names hold no slash; what a daemon sends that does is kept and never found.
fn key(place: [&str; 3]) -> String {
    place.join("/")
}
