//! Which entries wait, by age and lane; their content stays on disk.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;

use super::{Depth, Entry};

/// An entry, without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Its key.
    pub key: u64,
    /// Its lane.
    pub lane: Arc<str>,
}

/// What a commit threw out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    /// Entries that a newer one made worthless.
    pub superseded: usize,
    /// Entries lost because there was no room.
    pub overflowed: usize,
}

#[derive(Debug, Default)]
pub(super) struct Index {
    entries: BTreeMap<u64, Waiting>,
    lanes: HashMap<Arc<str>, BTreeSet<u64>>,
    next_key: u64,
}

#[derive(Debug)]
struct Waiting {
    lane: Arc<str>,
    supersedes: Option<Box<str>>,
    queued_at: Timestamp,
}

/// What a commit changes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// The key of each new entry; none for one that its own successor in the same commit makes worthless.
    pub(super) keys: Vec<Option<u64>>,
    /// Keys to remove.
    pub(super) removed: BTreeSet<u64>,
    pub(super) dropped: Dropped,
}

impl Plan {
    pub(super) fn added<'a>(&'a self, entries: &'a [Entry]) -> impl Iterator<Item = (u64, &'a Entry)> {
        self.keys.iter().zip(entries).filter_map(|(key, entry)| Some(((*key)?, entry)))
    }
}

impl Index {
    /// An empty index that gives no key below this one.
    pub(super) fn starting_at(next_key: u64) -> Self {
        Self { next_key, ..Self::default() }
    }

    pub(super) fn plan(&self, entries: &[Entry], limit: usize) -> Plan {
        let mut plan = Plan::default();
        for (position, entry) in entries.iter().enumerate() {
            let same = |later: &Entry| {
                entry.supersedes.is_some() && later.lane == entry.lane && later.supersedes == entry.supersedes
            };
            let is_outdone = entries[position + 1..].iter().any(same);
            plan.keys.push((!is_outdone).then_some(self.next_key + position as u64));
            plan.removed.extend(self.superseded_by(entry));
        }
        let outdone = plan.keys.iter().filter(|key| key.is_none()).count();
        plan.dropped.superseded = plan.removed.len() + outdone;
        let kept = self.entries.len() - plan.removed.len() + entries.len() - outdone;
        let oldest: Vec<u64> =
            self.entries.keys().filter(|key| !plan.removed.contains(key)).copied().collect();
        let overflow = oldest.into_iter().take(kept.saturating_sub(limit));
        let before = plan.removed.len();
        plan.removed.extend(overflow);
        plan.dropped.overflowed = plan.removed.len() - before;
        plan
    }

    fn superseded_by(&self, entry: &Entry) -> impl Iterator<Item = u64> {
        let lane = self.lanes.get(entry.lane.as_str()).into_iter().flatten().copied();
        lane.filter(|key| {
            let waiting = self.entries.get(key).and_then(|waiting| waiting.supersedes.as_deref());
            waiting.is_some() && waiting == entry.supersedes.as_deref()
        })
    }

    pub(super) fn insert(&mut self, key: u64, entry: &Entry) {
        let lane: Arc<str> = match self.lanes.get_key_value(entry.lane.as_str()) {
            Some((lane, _)) => Arc::clone(lane),
            None => Arc::from(entry.lane.as_str()),
        };
        self.lanes.entry(Arc::clone(&lane)).or_default().insert(key);
        let supersedes = entry.supersedes.as_deref().map(Box::from);
        self.entries.insert(key, Waiting { lane, supersedes, queued_at: entry.queued_at });
        self.next_key = self.next_key.max(key + 1);
    }

    pub(super) fn remove(&mut self, key: u64) {
        let Some(entry) = self.entries.remove(&key) else { return };
        if let Some(lane) = self.lanes.get_mut(&entry.lane) {
            lane.remove(&key);
            if lane.is_empty() {
                self.lanes.remove(&entry.lane);
            }
        }
    }

    pub(super) fn next(&self, ready: impl Fn(&str) -> bool) -> Option<Pending> {
        let is_first =
            |key: &u64, lane: &Arc<str>| self.lanes.get(lane).and_then(BTreeSet::first) == Some(key);
        let (key, entry) =
            self.entries.iter().find(|(key, entry)| is_first(key, &entry.lane) && ready(&entry.lane))?;
        Some(Pending { key: *key, lane: Arc::clone(&entry.lane) })
    }

    pub(super) fn depth(&self) -> Depth {
        let oldest = self.entries.first_key_value().map(|(_, entry)| entry.queued_at);
        Depth { pending: self.entries.len(), oldest }
    }
}
