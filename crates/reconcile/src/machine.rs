//! The state machine: events in, effects out, no I/O, no clock.
//!
//! It is level-based. Every event only updates what is known and marks the units it may matter to; then each marked
//! unit is planned anew ([`crate::plan()`]), and what the plans ask for is queued. Nothing is remembered about how a
//! state came about, so a lost answer, a restart or another cluster are no cases of their own.

mod event;
mod judge;
mod link;
mod prune;
mod sightings;
mod source;
mod unit;
mod work;
mod world;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use crate::guard::{Held, PruneLimit};
use crate::ledger::Record;
use crate::name::{Environment, UnitName};
use crate::pace::Pace;
use crate::report::{Snapshot, Totals};

pub use event::{Connection, Effect, Event, LoadFault, News, PodNews, Timer, Tree, UnitSource};
use link::Link;
use unit::Unit;
use work::Job;
use world::World;

/// Our own namespace, for the inventory and for approvals.
pub const OWN_NAMESPACE: &str = "release-system";

/// What the machine has to know from the start.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The environment it drives.
    pub environment: Environment,
    /// Where the cluster is, for messages.
    pub address: String,
    /// How much may be deleted at once.
    pub prune_limit: PruneLimit,
}

/// Everything known, and everything under way.
#[derive(Debug)]
pub struct Machine {
    settings: Settings,
    link: Link,
    tree: Option<Tree>,
    units: BTreeMap<UnitName, Unit>,
    world: World,
    /// Units to plan anew.
    dirty: BTreeSet<UnitName>,
    /// Units whose files are being read: until they are known, nothing is deleted.
    loading: BTreeSet<UnitName>,
    /// Units with more on record than they want: what others do may settle them.
    lingering: BTreeSet<UnitName>,
    queue: VecDeque<Job>,
    pace: Pace,
    /// Deletes that a person has approved.
    approved: Record,
    held: Option<Held>,
    totals: Totals,
    effects: Vec<Effect>,
}

impl Machine {
    /// A machine that knows nothing yet; its first effect is to connect.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            link: Link::default(),
            tree: None,
            units: BTreeMap::new(),
            world: World::default(),
            dirty: BTreeSet::new(),
            loading: BTreeSet::new(),
            lingering: BTreeSet::new(),
            queue: VecDeque::new(),
            pace: Pace::default(),
            approved: Record::new(),
            held: None,
            totals: Totals::default(),
            effects: vec![Effect::Connect],
        }
    }

    /// Takes note of an event. What follows from it comes out of [`Self::settle`].
    pub fn step(&mut self, event: Event) {
        match event {
            Event::Tree(tree) => self.tree(tree),
            Event::Loaded(unit, version, outcome) => self.loaded(&unit, &version, outcome),
            Event::Connected(outcome) => self.connected(outcome),
            Event::Checked(outcome) => self.checked(outcome),
            Event::Discovered(outcome) => self.discovered(outcome),
            Event::News(kind, news) => self.news(&kind, news),
            Event::Pods(news) => self.pods(news),
            Event::NamespaceMade(namespace, outcome) => self.namespace_made(&namespace, outcome),
            Event::Applied(object, fingerprint, outcome) => self.applied(&object, fingerprint, outcome),
            Event::Deleted(object, outcome) => self.deleted(&object, outcome),
            Event::PagesWritten(pages) => self.pages_written(pages),
            Event::PagesRead(outcome) => self.pages_read(outcome),
            Event::Woken(timer) => self.woken(timer),
        }
    }

    /// Plans what the events since the last call may have changed, and returns what to do now.
    pub fn settle(&mut self) -> Vec<Effect> {
        if self.link.is_up() {
            for unit in std::mem::take(&mut self.dirty) {
                self.plan_unit(&unit);
            }
            self.write_ledger();
            self.start_prunes();
            self.start_jobs();
        } else {
            for unit in std::mem::take(&mut self.dirty) {
                self.judge_unit(&unit);
            }
        }
        std::mem::take(&mut self.effects)
    }

    /// Everything that others may ask for.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            revision: self.tree.as_ref().map(|tree| tree.revision.clone()).unwrap_or_default(),
            disconnected: self.link.why_down(),
            held: self.held.clone(),
            n_recorded: self.world.ledger.n_objects(),
            units: self.units.iter().map(|(name, unit)| self.judge(name, unit)).collect(),
            totals: Totals {
                queued: self.queue.len() as u64,
                in_flight: self.pace.in_flight() as u64,
                ..self.totals
            },
        }
    }

    fn wake(&mut self, timer: Timer, attempt: u32) {
        self.effects.push(Effect::Wake(timer, backoff(attempt)));
    }

    fn all_dirty(&mut self) {
        self.dirty.extend(self.units.keys().cloned());
    }
}

/// How long to wait after this many failures; the caller spreads it.
fn backoff(attempt: u32) -> Duration {
    const LONGEST: Duration = Duration::from_secs(60);
    Duration::from_millis(500).saturating_mul(1 << attempt.min(10)).min(LONGEST)
}
