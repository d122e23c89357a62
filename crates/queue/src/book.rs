//! The rules of the queue, without a disk or a clock: what may be taken, in which order.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::time::SystemTime;

use crate::{Depth, Item, ItemId, State};

/// All items, and where each stands.
#[derive(Debug, Default)]
pub(crate) struct Book {
    items: BTreeMap<ItemId, Item>,
    /// Items that may be taken now, by kind.
    ready: HashMap<String, BTreeSet<ItemId>>,
    /// Items that wait for a moment.
    delayed: BTreeSet<(SystemTime, ItemId)>,
    /// Items that are not dead, by kind and key, oldest first. Only the first may be out.
    lanes: HashMap<(String, String), VecDeque<ItemId>>,
}

impl Book {
    /// Takes an item in, new or from the disk.
    pub(crate) fn insert(&mut self, item: Item) {
        let id = item.id;
        let dead = item.state == State::Dead;
        let lane = lane(&item);
        self.items.insert(id, item);
        if dead {
            return;
        }
        match lane {
            None => self.release(id),
            Some(lane) => {
                let queue = self.lanes.entry(lane).or_default();
                queue.push_back(id);
                if queue.len() == 1 {
                    self.release(id);
                }
            }
        }
    }

    pub(crate) fn item(&self, id: ItemId) -> Option<&Item> {
        self.items.get(&id)
    }

    pub(crate) fn items(&self) -> impl Iterator<Item = &Item> {
        self.items.values()
    }

    /// The oldest items of a kind that may be taken, at most `max`.
    pub(crate) fn take(&mut self, kind: &str, max: usize) -> Vec<Item> {
        let Some(ready) = self.ready.get_mut(kind) else { return Vec::new() };
        let mut taken = Vec::new();
        while taken.len() < max
            && let Some(id) = ready.pop_first()
        {
            if let Some(item) = self.items.get_mut(&id) {
                item.state = State::Taken;
                taken.push(item.clone());
            }
        }
        taken
    }

    /// Forgets an item that is done or removed; whether it was there.
    pub(crate) fn remove(&mut self, id: ItemId) -> Option<Item> {
        let item = self.items.remove(&id)?;
        self.unlist(&item);
        Some(item)
    }

    /// Puts a taken item back until `until`.
    pub(crate) fn delay(&mut self, id: ItemId, reason: String, until: SystemTime) {
        let Some(item) = self.items.get_mut(&id).filter(|item| item.state == State::Taken) else { return };
        item.attempts += 1;
        item.reason = reason;
        item.state = State::Delayed { until };
        self.delayed.insert((until, id));
    }

    /// Gives an item up.
    pub(crate) fn kill(&mut self, id: ItemId, reason: String) {
        let Some(item) = self.items.get(&id).filter(|item| item.state != State::Dead).cloned() else {
            return;
        };
        self.unlist(&item);
        let dead = Item { state: State::Dead, reason, attempts: item.attempts + 1, ..item };
        self.items.insert(id, dead);
    }

    /// Makes ready what waited for a moment that has come; all of a kind at once with `now` in the far future.
    pub(crate) fn wake(&mut self, now: SystemTime, kind: Option<&str>) {
        let due: Vec<(SystemTime, ItemId)> = self
            .delayed
            .iter()
            .take_while(|(until, _)| kind.is_some() || *until <= now)
            .filter(|(_, id)| {
                kind.is_none_or(|kind| self.items.get(id).is_some_and(|item| item.kind == kind))
            })
            .copied()
            .collect();
        for entry in due {
            self.delayed.remove(&entry);
            self.release(entry.1);
        }
    }

    /// When the next delayed item is due.
    pub(crate) fn next_due(&self) -> Option<SystemTime> {
        self.delayed.first().map(|(until, _)| *until)
    }

    pub(crate) fn depths(&self) -> Vec<Depth> {
        let mut depths: BTreeMap<&str, Depth> = BTreeMap::new();
        for item in self.items.values() {
            let depth = depths.entry(&item.kind).or_insert_with(|| Depth {
                kind: item.kind.clone(),
                pending: 0,
                taken: 0,
                dead: 0,
                oldest: None,
            });
            match item.state {
                State::Pending | State::Delayed { .. } => depth.pending += 1,
                State::Taken => depth.taken += 1,
                State::Dead => depth.dead += 1,
            }
            if item.state != State::Dead {
                depth.oldest = Some(depth.oldest.map_or(item.accepted, |oldest| oldest.min(item.accepted)));
            }
        }
        depths.into_values().collect()
    }

    /// Lets an item be taken.
    fn release(&mut self, id: ItemId) {
        let Some(item) = self.items.get_mut(&id) else { return };
        item.state = State::Pending;
        self.ready.entry(item.kind.clone()).or_default().insert(id);
    }

    /// Takes an item out of every list, and lets the next of its lane come.
    fn unlist(&mut self, item: &Item) {
        if let Some(ready) = self.ready.get_mut(&item.kind) {
            ready.remove(&item.id);
        }
        if let State::Delayed { until } = item.state {
            self.delayed.remove(&(until, item.id));
        }
        let Some(lane) = lane(item) else { return };
        let Some(queue) = self.lanes.get_mut(&lane) else { return };
        let was_first = queue.front() == Some(&item.id);
        queue.retain(|id| *id != item.id);
        match queue.front().copied() {
            Some(next) if was_first => self.release(next),
            Some(_) => {}
            None => {
                self.lanes.remove(&lane);
            }
        }
    }
}

fn lane(item: &Item) -> Option<(String, String)> {
    (!item.key.is_empty()).then(|| (item.kind.clone(), item.key.clone()))
}
