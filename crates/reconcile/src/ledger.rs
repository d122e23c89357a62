//! The inventory: which objects each unit may have in the cluster, as it is stored there.
//!
//! An object is recorded before it is created (write-ahead) and struck out after it is gone, so that whenever we
//! are killed, what is recorded covers what exists. Many units share a page, a page is one ConfigMap, and one
//! write covers all units of a page that have something to change.

mod page;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use crate::name::UnitName;
use crate::object::ObjectRef;

pub use page::{Page, PageWrite, UnreadablePage};

/// The objects of one unit.
pub type Record = BTreeSet<ObjectRef>;

/// What is stored, what should be, and what is being written.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    stored: BTreeMap<UnitName, Record>,
    wanted: BTreeMap<UnitName, Record>,
    page_of: BTreeMap<UnitName, usize>,
    pages: BTreeMap<usize, Stored>,
    /// What the write under way strikes out.
    striking: BTreeMap<UnitName, Record>,
    writing: bool,
}

/// What we know of a stored page.
#[derive(Clone, Debug, Default)]
struct Stored {
    /// Where our last write or read left it; `None` before it exists.
    resource_version: Option<String>,
    size: usize,
}

impl Ledger {
    /// The inventory as the cluster has it. A unit on two pages has the objects of both.
    #[must_use]
    pub fn load(pages: Vec<Page>) -> Self {
        let mut ledger = Self::default();
        for page in pages {
            let stored =
                Stored { resource_version: page.resource_version, size: page::size(page.units.iter()) };
            ledger.pages.insert(page.number, stored);
            for (unit, record) in page.units {
                ledger.page_of.insert(unit.clone(), page.number);
                ledger.stored.entry(unit).or_default().extend(record);
            }
        }
        ledger
    }

    /// Takes over what should be recorded from a ledger whose cluster page is out of date.
    pub fn keep_wishes_of(&mut self, before: Self) {
        self.wanted = before.wanted;
    }

    /// All units that have objects on record.
    pub fn units(&self) -> impl Iterator<Item = &UnitName> {
        self.stored.keys()
    }

    /// What is stored of a unit.
    #[must_use]
    pub fn stored(&self, unit: &UnitName) -> &Record {
        static NOTHING: Record = Record::new();
        self.stored.get(unit).unwrap_or(&NOTHING)
    }

    /// Whether an object is on record and stays there: a write under way may be striking it out at this moment.
    #[must_use]
    pub fn holds(&self, unit: &UnitName, object: &ObjectRef) -> bool {
        let is_struck = self.striking.get(unit).is_some_and(|struck| struck.contains(object));
        self.stored(unit).contains(object) && !is_struck
    }

    /// How many objects are on record.
    #[must_use]
    pub fn n_objects(&self) -> usize {
        self.stored.values().map(BTreeSet::len).sum()
    }

    /// Says what should be recorded of a unit from now on.
    pub fn want(&mut self, unit: &UnitName, record: Record) {
        if *self.stored(unit) == record {
            self.wanted.remove(unit);
        } else {
            self.wanted.insert(unit.clone(), record);
        }
    }

    /// The pages to write now: all that have something to change, unless a write is under way.
    pub fn next_write(&mut self) -> Option<Vec<PageWrite>> {
        if self.writing || self.wanted.is_empty() {
            return None;
        }
        let mut numbers = BTreeSet::new();
        let changed: Vec<(UnitName, usize)> =
            self.wanted.iter().map(|(unit, record)| (unit.clone(), page::entry_size(unit, record))).collect();
        for (unit, size) in changed {
            let number = self.page_of.get(&unit).copied().unwrap_or_else(|| self.open_page(size));
            self.page_of.insert(unit, number);
            numbers.insert(number);
        }
        self.striking = self
            .wanted
            .iter()
            .map(|(unit, record)| (unit.clone(), self.stored(unit).difference(record).cloned().collect()))
            .collect();
        self.writing = true;
        Some(numbers.into_iter().map(|number| self.page_write(number)).collect())
    }

    /// The last page, while there is room on it.
    fn open_page(&mut self, size: usize) -> usize {
        let number = match self.pages.last_key_value() {
            Some((number, page)) if page.size + size <= page::FULL => *number,
            Some((number, _)) => number + 1,
            None => 0,
        };
        self.pages.entry(number).or_default().size += size;
        number
    }

    fn page_write(&mut self, number: usize) -> PageWrite {
        let units: BTreeMap<UnitName, Record> = self
            .page_of
            .iter()
            .filter(|(_, page)| **page == number)
            .map(|(unit, _)| (unit.clone(), self.wanted.get(unit).unwrap_or(self.stored(unit)).clone()))
            .filter(|(_, record)| !record.is_empty())
            .collect();
        let page = self.pages.entry(number).or_default();
        page.size = page::size(units.iter());
        PageWrite { number, resource_version: page.resource_version.clone(), units }
    }

    /// A page has been written, and has this resource version now.
    pub fn written(&mut self, write: PageWrite, resource_version: String) {
        if let Some(page) = self.pages.get_mut(&write.number) {
            page.resource_version = Some(resource_version);
        }
        let gone: Vec<UnitName> = self
            .page_of
            .iter()
            .filter(|(unit, page)| **page == write.number && !write.units.contains_key(*unit))
            .map(|(unit, _)| unit.clone())
            .collect();
        for unit in gone {
            // A unit that was put on this page after the write began stays on it.
            if self.wanted.get(&unit).is_none_or(Record::is_empty) {
                self.page_of.remove(&unit);
                self.wanted.remove(&unit);
            }
            self.stored.remove(&unit);
        }
        for (unit, record) in write.units {
            if self.wanted.get(&unit) == Some(&record) {
                self.wanted.remove(&unit);
            }
            self.stored.insert(unit, record);
        }
    }

    /// The pages of [`Self::next_write`] have all been written or refused: another write may begin.
    pub fn write_ended(&mut self) {
        self.writing = false;
        self.striking.clear();
    }

    /// Whether something is still to be written.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        !self.wanted.is_empty()
    }
}
