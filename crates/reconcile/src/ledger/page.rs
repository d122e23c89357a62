//! One page of the inventory, and the text it is stored as.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Record;
use crate::name::UnitName;
use crate::object::ObjectRef;

/// A page takes no new unit above this many bytes; a ConfigMap holds four times as much, so units that grow have
/// room.
pub(super) const FULL: usize = 256 << 10;

/// A page as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its number, part of the name it is stored under.
    pub number: usize,
    /// Its resource version.
    pub resource_version: Option<String>,
    /// The units on it.
    pub units: BTreeMap<UnitName, Record>,
}

/// A page to be stored; without units, to be deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageWrite {
    /// Its number.
    pub number: usize,
    /// What it must still be at, so that two writers cannot undo each other's work; `None` to create it.
    pub resource_version: Option<String>,
    /// The units on it.
    pub units: BTreeMap<UnitName, Record>,
}

/// The text of a page cannot be read, so nothing may be concluded from it.
#[derive(Debug, thiserror::Error)]
#[error("page {number} of the inventory cannot be read")]
pub struct UnreadablePage {
    number: usize,
    #[source]
    source: Option<serde_json::Error>,
}

/// The stored form.
#[derive(Serialize, Deserialize)]
struct Text {
    units: BTreeMap<UnitName, Vec<String>>,
}

impl Page {
    /// Reads the text of a page.
    ///
    /// # Errors
    /// When it is not what [`PageWrite::text`] writes.
    pub fn read(number: usize, resource_version: Option<String>, text: &str) -> Result<Self, UnreadablePage> {
        let wrong = |source| UnreadablePage { number, source };
        let text: Text = serde_json::from_str(text).map_err(|source| wrong(Some(source)))?;
        let record = |(unit, lines): (UnitName, Vec<String>)| {
            let record: Option<Record> = lines.iter().map(|line| ObjectRef::from_line(line)).collect();
            Some((unit, record?))
        };
        let units = text.units.into_iter().map(record).collect::<Option<_>>().ok_or_else(|| wrong(None))?;
        Ok(Self { number, resource_version, units })
    }
}

impl PageWrite {
    /// The text to store.
    ///
    /// # Errors
    /// Never in practice: strings and lists are always JSON.
    pub fn text(&self) -> Result<String, serde_json::Error> {
        let lines = |record: &Record| record.iter().map(ObjectRef::to_line).collect();
        let units = self.units.iter().map(|(unit, record)| (unit.clone(), lines(record))).collect();
        serde_json::to_string(&Text { units })
    }
}

/// About how many bytes a unit takes on a page.
pub(super) fn entry_size(unit: &UnitName, record: &Record) -> usize {
    let object = |object: &ObjectRef| {
        object.kind.group.len() + object.kind.kind.len() + object.namespace.len() + object.name.len() + 6
    };
    unit.as_str().len() + 6 + record.iter().map(object).sum::<usize>()
}

pub(super) fn size<'a>(units: impl Iterator<Item = (&'a UnitName, &'a Record)>) -> usize {
    units.map(|(unit, record)| entry_size(unit, record)).sum()
}
