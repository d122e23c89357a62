//! Questions to the index.

use artifact::{Intent, Person, ReleaseId};
use git_mirror::{Commit, CommitId};
use jiff::{Timestamp, Zoned};
use redb::{ReadTransaction, ReadableDatabase};
use serde::{Deserialize, Serialize};

use super::{ARTIFACTS, IDS, Index, META, RELEASES, SERVICES, key};
use crate::{IndexError, Record};

/// A release that is in the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Landed {
    /// Its commit.
    pub commit: CommitId,
    /// When it was committed, in the zone that was written down.
    pub at: Zoned,
    /// What its message says.
    pub record: Record,
}

/// A release as it is stored.
#[derive(Serialize, Deserialize)]
pub(crate) struct Row {
    commit: String,
    seconds: i64,
    offset: i32,
    pub(super) environment: String,
    pub(super) service: String,
    pub(super) artifact: String,
    intent: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    released_by: (String, String),
    created_by: (String, String),
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) release_id: Option<ReleaseId>,
}

impl Row {
    pub(super) fn new(commit: &Commit, record: &Record) -> Self {
        let person = |person: &Person| (person.name().to_owned(), person.email().to_owned());
        let detail = match &record.intent {
            Intent::ReleaseBranch { branch } => Some(branch.to_string()),
            Intent::Promote { from } => Some(from.to_string()),
            Intent::Rollback { previous } => Some(previous.to_string()),
            Intent::ReleaseArtifact | Intent::AutoRelease => None,
        };
        Self {
            commit: commit.id.to_string(),
            seconds: commit.committer.time.timestamp().as_second(),
            offset: commit.committer.time.offset().seconds(),
            environment: record.environment.clone(),
            service: record.service.clone(),
            artifact: record.artifact.clone(),
            intent: record.intent.type_name().to_owned(),
            detail,
            released_by: person(&record.released_by),
            created_by: person(&record.created_by),
            release_id: record.release_id,
        }
    }

    fn read(bytes: &[u8]) -> Result<Landed, IndexError> {
        serde_json::from_slice::<Self>(bytes).map_err(IndexError::Record)?.landed()
    }

    /// The release it stands for.
    pub(super) fn landed(self) -> Result<Landed, IndexError> {
        let row = self;
        let wrong = |what: &str| IndexError::Record(serde::de::Error::custom(what));
        let zone = jiff::tz::Offset::from_seconds(row.offset).map_err(|_| wrong("offset"))?;
        let time = Timestamp::from_second(row.seconds).map_err(|_| wrong("time"))?;
        let person = |(name, email): &(String, String)| Person::new(name, email);
        let detail = row.detail.as_deref().unwrap_or_default();
        let intent = match row.intent.as_str() {
            "ReleaseArtifact" => Some(Intent::ReleaseArtifact),
            "AutoRelease" => Some(Intent::AutoRelease),
            "ReleaseBranch" => detail.parse().ok().map(|branch| Intent::ReleaseBranch { branch }),
            "Promote" => detail.parse().ok().map(|from| Intent::Promote { from }),
            "Rollback" => detail.parse().ok().map(|previous| Intent::Rollback { previous }),
            _ => None,
        };
        Ok(Landed {
            commit: row.commit.parse().map_err(|_| wrong("commit"))?,
            at: time.to_zoned(jiff::tz::TimeZone::fixed(zone)),
            record: Record {
                released_by: person(&row.released_by),
                created_by: person(&row.created_by),
                intent: intent.ok_or_else(|| wrong("intent"))?,
                environment: row.environment,
                service: row.service,
                artifact: row.artifact,
                release_id: row.release_id,
            },
        })
    }
}

impl Index {
    /// The commit the index is complete up to.
    pub(crate) fn tip(&self) -> Result<Option<CommitId>, IndexError> {
        tip(&self.database.begin_read()?)
    }

    /// That commit, and the newest release of a service to an environment up to there: both of one moment, whatever
    /// lands meanwhile.
    pub(crate) fn newest(
        &self,
        environment: &str,
        service: &str,
    ) -> Result<Option<(CommitId, Option<Landed>)>, IndexError> {
        let transaction = self.database.begin_read()?;
        let newest = releases(&transaction, environment, service, 1)?.pop();
        Ok(tip(&transaction)?.map(|tip| (tip, newest)))
    }

    /// The releases of a service to an environment, newest first.
    pub(crate) fn releases(
        &self,
        environment: &str,
        service: &str,
        count: usize,
    ) -> Result<Vec<Landed>, IndexError> {
        releases(&self.database.begin_read()?, environment, service, count)
    }

    /// Where and when an artifact was released, newest first.
    pub(crate) fn ran(&self, artifact: &str) -> Result<Vec<Landed>, IndexError> {
        let prefix = key::artifact(artifact);
        let transaction = self.database.begin_read()?;
        let artifacts = transaction.open_table(ARTIFACTS)?;
        let releases = transaction.open_table(RELEASES)?;
        let end = key::end(&prefix);
        let mut found = Vec::new();
        for row in artifacts.range(prefix.as_slice()..end.as_slice())?.rev() {
            if let Some(release) = releases.get(row?.1.value())? {
                found.push(Row::read(release.value())?);
            }
        }
        Ok(found)
    }

    /// The commit of a release.
    pub(crate) fn landed(&self, id: ReleaseId) -> Result<Option<Landed>, IndexError> {
        let transaction = self.database.begin_read()?;
        let ids = transaction.open_table(IDS)?;
        let Some(at) = ids.get(id.as_bytes().as_slice())? else { return Ok(None) };
        let releases = transaction.open_table(RELEASES)?;
        releases.get(at.value())?.map(|release| Row::read(release.value())).transpose()
    }

    /// Every environment and service that ever had a release, in order; names in small letters.
    pub(crate) fn services(&self) -> Result<Vec<(String, String)>, IndexError> {
        let services = self.database.begin_read()?.open_table(SERVICES)?;
        let mut found = Vec::new();
        for row in services.range::<&[u8]>(..)? {
            found.extend(key::names(row?.0.value()));
        }
        Ok(found)
    }

    /// Everything in it, for comparison.
    #[cfg(test)]
    pub(crate) fn dump(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let transaction = self.database.begin_read().unwrap();
        let mut rows = Vec::new();
        for table in [RELEASES, ARTIFACTS, IDS, SERVICES] {
            for row in transaction.open_table(table).unwrap().range::<&[u8]>(..).unwrap() {
                let row = row.unwrap();
                rows.push((row.0.value().to_vec(), row.1.value().to_vec()));
            }
        }
        for name in ["tip", "line"] {
            let meta = transaction.open_table(META).unwrap();
            rows.push((name.into(), meta.get(name).unwrap().map(|v| v.value().to_vec()).unwrap_or_default()));
        }
        rows
    }
}

fn tip(transaction: &ReadTransaction) -> Result<Option<CommitId>, IndexError> {
    let meta = transaction.open_table(META)?;
    let tip = meta.get("tip")?;
    Ok(tip.and_then(|value| CommitId::from_bytes(value.value()).ok()))
}

fn releases(
    transaction: &ReadTransaction,
    environment: &str,
    service: &str,
    count: usize,
) -> Result<Vec<Landed>, IndexError> {
    let prefix = key::service(environment, service);
    let releases = transaction.open_table(RELEASES)?;
    let end = key::end(&prefix);
    let mut found = Vec::new();
    for row in releases.range(prefix.as_slice()..end.as_slice())?.rev().take(count) {
        found.push(Row::read(row?.1.value())?);
    }
    Ok(found)
}
