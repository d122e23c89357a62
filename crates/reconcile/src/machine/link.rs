//! The connection to the cluster: coming to it, noticing that it is another one, its kinds, its inventory.

use std::collections::BTreeSet;
use std::time::Duration;

use explain::Explain as _;

use super::event::{Connection, Effect, Timer};
use super::world::{World, namespace_ref};
use super::{Machine, OWN_NAMESPACE};
use crate::catalog::Catalog;
use crate::fault::{Fault, FaultKind};
use crate::ledger::{Ledger, Page, PageWrite};
use crate::object::GroupKind;
use crate::pace::Pace;
use crate::report::Happening;

/// How often we ask which cluster this is while nothing goes wrong; any trouble makes us ask at once.
const CHECK_PERIOD: Duration = Duration::from_secs(20);

/// How long until we look again whether a cluster that was lost answers.
const CHECK_RETRY: Duration = Duration::from_millis(500);

/// What we know of the connection.
#[derive(Debug, Default)]
pub(super) struct Link {
    is_up: bool,
    /// The last cluster we were connected to.
    cluster: Option<String>,
    /// Why it does not answer.
    down: Option<String>,
    attempt: u32,
    is_checking: bool,
    check_is_due: bool,
    discovery: Discovery,
    discovery_attempt: u32,
    ledger_rests: bool,
    ledger_attempt: u32,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Discovery {
    #[default]
    Idle,
    InFlight,
    /// Under way, and out of date before it has ended.
    Again,
}

impl Link {
    pub(super) fn is_up(&self) -> bool {
        self.is_up
    }

    pub(super) fn why_down(&self) -> Option<String> {
        match (&self.down, self.is_up) {
            (Some(why), _) => Some(why.clone()),
            (None, true) => None,
            (None, false) => Some("not connected yet".to_owned()),
        }
    }
}

impl Machine {
    pub(super) fn connected(&mut self, outcome: Result<Connection, Fault>) {
        let connection = match outcome {
            Ok(connection) => connection,
            Err(fault) => {
                self.lost(&fault);
                self.link.attempt += 1;
                return self.wake(Timer::Connect, self.link.attempt);
            }
        };
        let is_other = self.link.cluster.as_ref().is_some_and(|cluster| *cluster != connection.cluster);
        self.link = Link { is_up: true, cluster: Some(connection.cluster), ..Link::default() };
        self.world =
            World { catalog: connection.catalog, ledger: Ledger::load(connection.pages), ..World::default() };
        self.effects.push(Effect::Tell(Happening::Connected { is_other }));
        self.watch_basics();
        for unit in self.units.keys().cloned().collect::<Vec<_>>() {
            self.resolve(&unit);
        }
        self.adopt_removed();
        self.watch_recorded();
        self.all_dirty();
        self.plan_check(CHECK_PERIOD);
    }

    /// The kinds that matter whoever made their objects.
    fn watch_basics(&mut self) {
        self.ensure_watch(&GroupKind::new("", "Namespace"));
        self.ensure_watch(&GroupKind::new("apiextensions.k8s.io", "CustomResourceDefinition"));
        self.effects.push(Effect::WatchPods);
    }

    fn watch_recorded(&mut self) {
        let ledger = &self.world.ledger;
        let kinds: BTreeSet<GroupKind> =
            ledger.units().flat_map(|unit| ledger.stored(unit)).map(|object| object.kind.clone()).collect();
        for kind in kinds {
            self.ensure_watch(&kind);
        }
    }

    /// Says once what is wrong and what to do; what is wrong now, whoever asks is told.
    fn lost(&mut self, fault: &Fault) {
        let (address, next_step) = (&self.settings.address, fault.next_step());
        let why = format!("cannot use the cluster at {address}: {fault} ({next_step})");
        if self.link.down.is_none() {
            self.effects.push(Effect::Tell(Happening::Disconnected(why.clone())));
        }
        self.link.down = Some(why);
    }

    /// Something went wrong that a cluster gone, or another one, would explain.
    pub(super) fn suspect_cluster(&mut self) {
        if self.link.is_up && self.link.down.is_none() && !self.link.is_checking {
            self.link.is_checking = true;
            self.effects.push(Effect::Check);
        }
    }

    fn plan_check(&mut self, after: Duration) {
        if !self.link.check_is_due {
            self.link.check_is_due = true;
            self.effects.push(Effect::Wake(Timer::Check, after));
        }
    }

    pub(super) fn checked(&mut self, outcome: Result<String, Fault>) {
        self.link.is_checking = false;
        match outcome {
            Ok(cluster) if self.link.cluster.as_ref() == Some(&cluster) => {
                if self.link.down.take().is_some() {
                    self.effects.push(Effect::Tell(Happening::Connected { is_other: false }));
                }
                self.plan_check(CHECK_PERIOD);
            }
            Ok(_) => self.start_over(),
            Err(fault) => {
                self.lost(&fault);
                // A check that is due later does not stop this one.
                self.link.check_is_due = true;
                self.effects.push(Effect::Wake(Timer::Check, CHECK_RETRY));
            }
        }
    }

    /// Another cluster at the same address: nothing that we know of the old one holds.
    fn start_over(&mut self) {
        self.link.is_up = false;
        self.world = World::default();
        self.queue.clear();
        self.pace = Pace::default();
        self.lingering.clear();
        for unit in self.units.values_mut() {
            unit.wanted.clear();
            unit.plan = crate::plan::Plan::default();
        }
        self.all_dirty();
        self.effects.push(Effect::Disconnect);
        self.effects.push(Effect::Connect);
        // The delays before these were to be read again have ended with the connection.
        let unread = self.units.iter().filter(|(_, unit)| unit.unreadable.is_some());
        for name in unread.map(|(name, _)| name.clone()).collect::<Vec<_>>() {
            self.load_again(name);
        }
    }

    pub(super) fn want_discovery(&mut self) {
        match self.link.discovery {
            _ if !self.link.is_up => {}
            Discovery::Idle => {
                self.link.discovery = Discovery::InFlight;
                self.effects.push(Effect::Discover);
            }
            Discovery::InFlight | Discovery::Again => self.link.discovery = Discovery::Again,
        }
    }

    pub(super) fn discovered(&mut self, outcome: Result<Catalog, Fault>) {
        let again = self.link.discovery == Discovery::Again;
        if let Ok(catalog) = outcome {
            self.world.catalog = catalog;
            for unit in self.units_that_lack_a_kind() {
                self.resolve(&unit);
            }
            self.watch_recorded();
        }
        // Only now: what `resolve` asked for while it ran is what this answer brought.
        self.link.discovery = Discovery::Idle;
        if again {
            self.want_discovery();
        } else if !self.units_that_lack_a_kind().is_empty() {
            self.link.discovery_attempt += 1;
            self.wake(Timer::Discover, self.link.discovery_attempt);
        } else {
            self.link.discovery_attempt = 0;
        }
    }

    fn units_that_lack_a_kind(&self) -> Vec<crate::name::UnitName> {
        let catalog = &self.world.catalog;
        let lacks = |unit: &&super::Unit| {
            let goal = unit.goal.iter().flat_map(|goal| goal.get().manifests.iter());
            !unit.unserved.is_empty() || goal.into_iter().any(|manifest| !catalog.serves(manifest))
        };
        self.units.iter().filter(|(_, unit)| lacks(unit)).map(|(name, _)| name.clone()).collect()
    }

    pub(super) fn write_ledger(&mut self) {
        // Our own namespace comes first; the watch tells when it is there.
        if self.link.ledger_rests || !self.world.ledger.is_behind() || !self.has_own_namespace() {
            return;
        }
        if let Some(pages) = self.world.ledger.next_write() {
            self.effects.push(Effect::WritePages(pages));
        }
    }

    fn has_own_namespace(&mut self) -> bool {
        self.world.is_synced(&namespace_ref(OWN_NAMESPACE).kind) && self.has_namespace(OWN_NAMESPACE)
    }

    pub(super) fn pages_written(&mut self, pages: Vec<(PageWrite, Result<String, Fault>)>) {
        let mut is_outdated = false;
        let mut has_failed = false;
        for (page, outcome) in pages {
            match outcome {
                Ok(resource_version) => {
                    self.totals.page_writes += 1;
                    self.dirty.extend(page.units.keys().cloned());
                    self.world.ledger.written(page, resource_version);
                }
                Err(fault) if matches!(fault.kind, FaultKind::Conflict | FaultKind::NotFound) => {
                    is_outdated = true
                }
                Err(fault) => {
                    has_failed = true;
                    self.note_fault(&fault);
                }
            }
        }
        self.world.ledger.write_ended();
        // A unit may have gone while its record was being written.
        self.adopt_removed();
        self.dirty.extend(self.lingering.iter().cloned());
        if is_outdated {
            self.link.ledger_rests = true;
            self.effects.push(Effect::ReadPages);
        } else if has_failed {
            self.rest_ledger();
        } else {
            self.link.ledger_attempt = 0;
        }
    }

    fn rest_ledger(&mut self) {
        self.link.ledger_rests = true;
        self.link.ledger_attempt += 1;
        self.wake(Timer::Ledger, self.link.ledger_attempt);
    }

    pub(super) fn pages_read(&mut self, outcome: Result<Vec<Page>, Fault>) {
        let Ok(pages) = outcome else { return self.rest_ledger() };
        let before = std::mem::replace(&mut self.world.ledger, Ledger::load(pages));
        self.world.ledger.keep_wishes_of(before);
        self.link.ledger_rests = false;
        self.adopt_removed();
        self.watch_recorded();
        self.all_dirty();
    }

    /// Counts a fault, and draws conclusions about the cluster as a whole.
    pub(super) fn note_fault(&mut self, fault: &Fault) {
        self.totals.faults += 1;
        match fault.kind {
            FaultKind::Unreachable => self.suspect_cluster(),
            FaultKind::NotFound => self.want_discovery(),
            FaultKind::Throttled(_)
            | FaultKind::Server
            | FaultKind::Conflict
            | FaultKind::Forbidden
            | FaultKind::Invalid => {}
        }
    }

    pub(super) fn woken(&mut self, timer: Timer) {
        match timer {
            Timer::Connect => self.effects.push(Effect::Connect),
            Timer::Check => self.check_due(),
            Timer::Discover => self.want_discovery(),
            Timer::Ledger => self.read_pages_again(),
            Timer::Pace => self.pace.resume(),
            Timer::Object(object, attempt) => self.try_again(&object, attempt),
            Timer::Namespace(namespace) => self.namespace_may_be_made(&namespace),
            Timer::Load(unit) => self.load_again(unit),
        }
    }

    /// A write whose answer was lost may have been stored: look before writing again.
    fn read_pages_again(&mut self) {
        self.effects.push(Effect::ReadPages);
    }

    fn check_due(&mut self) {
        self.link.check_is_due = false;
        if self.link.is_up && !self.link.is_checking {
            self.link.is_checking = true;
            self.effects.push(Effect::Check);
        }
    }
}
