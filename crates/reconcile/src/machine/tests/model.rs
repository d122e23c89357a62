//! A cluster in memory, as far as the machine can tell, that answers one effect at a time in any order.

use std::collections::{BTreeMap, BTreeSet};

use kube_status::Health;

use crate::catalog::{Catalog, Resource};
use crate::fault::{Fault, FaultKind};
use crate::ledger::{Page, PageWrite};
use crate::live::Live;
use crate::machine::world::namespace_ref;
use crate::machine::{
    Connection, Effect, Event, LoadFault, Machine, News, PodNews, Settings, Timer, Tree, UnitSource,
};
use crate::name::{ENVIRONMENT_LABEL, UNIT_ANNOTATION, UnitName, Version};
use crate::object::{GroupKind, Manifest, ObjectRef};
use crate::plan::Prune;
use crate::render::{SourceFile, render};
use crate::report::{Happening, UnitReport};

/// An object of the model.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stored {
    pub live: Live,
    pub body: String,
}

/// The cluster, the source, and the machine between them.
pub(super) struct Model {
    pub machine: Machine,
    pub pending: Vec<Effect>,
    pub timers: Vec<Timer>,
    pub told: Vec<Happening>,
    pub objects: BTreeMap<ObjectRef, Stored>,
    pub pages: BTreeMap<usize, (u64, String)>,
    pub files: BTreeMap<UnitName, String>,
    pub kinds: BTreeMap<&'static str, &'static str>,
    /// Objects the API server refuses.
    pub refused: BTreeSet<String>,
    /// A kind that may not be watched.
    pub unwatchable: Option<GroupKind>,
    pub n_applies: usize,
    cluster: u64,
    watched: BTreeMap<GroupKind, bool>,
    clock: u64,
    revision: u64,
}

pub(super) fn environment() -> crate::name::Environment {
    "dev".parse().expect("an environment")
}

pub(super) fn unit(name: &str) -> UnitName {
    format!("releases/shop/{name}").parse().expect("a unit")
}

pub(super) fn config_map(name: &str) -> ObjectRef {
    ObjectRef::new(GroupKind::new("", "ConfigMap"), "shop", name)
}

fn machine() -> Machine {
    Machine::new(Settings {
        environment: environment(),
        address: "https://cluster.test".into(),
        prune_limit: crate::guard::PruneLimit::default(),
    })
}

impl Model {
    pub(super) fn new() -> Self {
        let kinds = [
            ("Namespace", ""),
            ("ConfigMap", ""),
            ("Deployment", "apps"),
            ("CustomResourceDefinition", "apiextensions.k8s.io"),
        ];
        Self {
            machine: machine(),
            pending: Vec::new(),
            timers: Vec::new(),
            told: Vec::new(),
            objects: BTreeMap::new(),
            pages: BTreeMap::new(),
            files: BTreeMap::new(),
            kinds: kinds.into(),
            refused: BTreeSet::new(),
            unwatchable: None,
            n_applies: 0,
            cluster: 1,
            watched: BTreeMap::new(),
            clock: 0,
            revision: 0,
        }
    }

    /// The process is killed and started again: the cluster is all that is left.
    pub(super) fn restart(&mut self) {
        self.machine = machine();
        (self.pending, self.timers, self.watched) = (Vec::new(), Vec::new(), BTreeMap::new());
        self.tell_tree();
    }

    /// The cluster is thrown away, and an empty one answers at its address.
    pub(super) fn replace_cluster(&mut self) {
        self.cluster += 1;
        self.objects.clear();
        self.pages.clear();
        self.watched.clear();
    }

    /// Changes the files of units; empty text removes a unit.
    pub(super) fn commit(&mut self, files: &[(&str, String)]) {
        for (name, text) in files {
            if text.is_empty() {
                self.files.remove(&unit(name));
            } else {
                self.files.insert(unit(name), text.clone());
            }
        }
        self.revision += 1;
        self.tell_tree();
    }

    fn tell_tree(&mut self) {
        let source = |text: &String| UnitSource { version: Version::new(text), namespace: "shop".into() };
        let units = self.files.iter().map(|(name, text)| (name.clone(), source(text))).collect();
        let revision = self.revision.to_string();
        self.machine.step(Event::Tree(Tree { revision, units }));
    }

    /// Runs one effect, the n-th of those that wait; false when there is none.
    pub(super) fn run_one(&mut self, n: usize) -> bool {
        self.pending.extend(self.machine.settle());
        if self.pending.is_empty() {
            return false;
        }
        let effect = self.pending.remove(n % self.pending.len());
        self.run(effect);
        true
    }

    /// Runs everything until nothing is left to do but wait.
    pub(super) fn settle(&mut self) {
        for _ in 0..100_000 {
            if !self.run_one(0) {
                return;
            }
        }
        panic!("the machine never rests");
    }

    /// Lets all delays end, and runs what follows.
    pub(super) fn wait(&mut self) {
        for timer in std::mem::take(&mut self.timers) {
            self.machine.step(Event::Woken(timer));
        }
        self.settle();
    }

    pub(super) fn report(&self, name: &str) -> UnitReport {
        let units = self.machine.snapshot().units;
        units.into_iter().find(|report| report.unit == unit(name)).expect("a unit of this name")
    }

    fn run(&mut self, effect: Effect) {
        match effect {
            Effect::Tell(happening) => self.told.push(happening),
            Effect::Wake(timer, _) => self.timers.push(timer),
            Effect::WatchPods => self.machine.step(Event::Pods(PodNews::Synced)),
            Effect::Disconnect => {
                // Answers on their way are lost with the connection.
                self.pending
                    .retain(|effect| matches!(effect, Effect::Load(_) | Effect::Connect | Effect::Tell(_)));
                self.timers.clear();
                self.watched.clear();
            }
            Effect::Load(units) => units.into_iter().for_each(|(name, version)| self.load(&name, &version)),
            Effect::Connect => {
                let cluster = self.cluster.to_string();
                let connection = Connection { cluster, catalog: self.catalog(), pages: self.read_pages() };
                self.machine.step(Event::Connected(Ok(connection)));
            }
            Effect::Check => self.machine.step(Event::Checked(Ok(self.cluster.to_string()))),
            Effect::Discover => self.machine.step(Event::Discovered(Ok(self.catalog()))),
            Effect::ReadPages => self.machine.step(Event::PagesRead(Ok(self.read_pages()))),
            Effect::WritePages(pages) => {
                let pages = pages.into_iter().map(|page| self.write_page(page)).collect();
                self.machine.step(Event::PagesWritten(pages));
            }
            Effect::Watch { resource, all } => self.watch(&resource.kind, all),
            Effect::MakeNamespace(name) => {
                self.store(&namespace_ref(&name), "namespace", None);
                self.machine.step(Event::NamespaceMade(name, Ok(())));
            }
            Effect::Apply { object, manifest, fingerprint, .. } => self.apply(object, &manifest, fingerprint),
            Effect::Delete { prune, .. } => self.delete(prune),
        }
    }

    fn load(&mut self, name: &UnitName, version: &Version) {
        let file = SourceFile { path: "all.yaml".into(), bytes: version.as_str().into() };
        let outcome = render(&environment(), name, version, &[file]).map_err(LoadFault::Broken);
        self.machine.step(Event::Loaded(name.clone(), version.clone(), outcome));
    }

    fn catalog(&self) -> Catalog {
        Catalog::new(self.kinds.iter().map(|(kind, group)| Resource {
            kind: GroupKind::new(group, kind),
            plural: kind.to_lowercase().into(),
            namespaced: !matches!(*kind, "Namespace" | "CustomResourceDefinition"),
            versions: vec!["v1".into()],
        }))
    }

    fn read_pages(&self) -> Vec<Page> {
        let page = |(number, (version, text)): (&usize, &(u64, String))| {
            Page::read(*number, Some(version.to_string()), text).expect("a page that we wrote")
        };
        self.pages.iter().map(page).collect()
    }

    fn write_page(&mut self, page: PageWrite) -> (PageWrite, Result<String, Fault>) {
        let stored = self.pages.get(&page.number).map(|(version, _)| version.to_string());
        if stored != page.resource_version {
            return (page, Err(Fault::new(FaultKind::Conflict, "somebody else wrote")));
        }
        self.clock += 1;
        self.pages.insert(page.number, (self.clock, page.text().expect("JSON")));
        (page, Ok(self.clock.to_string()))
    }

    fn watch(&mut self, kind: &GroupKind, all: bool) {
        if self.unwatchable.as_ref() == Some(kind) {
            return self.machine.step(Event::News(kind.clone(), News::Failed("we may not".into())));
        }
        self.watched.insert(kind.clone(), all);
        self.machine.step(Event::News(kind.clone(), News::Restarted));
        let listed: Vec<_> = self.objects.iter().filter(|(object, _)| object.kind == *kind).collect();
        for (object, stored) in listed {
            if all || is_ours(&stored.live) {
                let news = News::Listed(object.clone(), Box::new(stored.live.clone()));
                self.machine.step(Event::News(kind.clone(), news));
            }
        }
        self.machine.step(Event::News(kind.clone(), News::Synced));
    }

    fn apply(&mut self, object: ObjectRef, manifest: &Manifest, fingerprint: u64) {
        let recorded =
            self.read_pages().iter().any(|page| page.units.values().any(|it| it.contains(&object)));
        assert!(recorded, "{object} is applied and not on record");
        let has_namespace =
            object.namespace.is_empty() || self.objects.contains_key(&namespace_ref(&object.namespace));
        assert!(has_namespace, "{object} is applied before its namespace is there");
        self.n_applies += 1;
        let outcome = if self.refused.contains(&*object.name) {
            Err(Fault::new(FaultKind::Invalid, "it is not valid"))
        } else {
            self.store(&object, manifest.body.get(), Some(manifest));
            Ok(Box::new(self.objects[&object].live.clone()))
        };
        self.machine.step(Event::Applied(object, fingerprint, outcome));
    }

    /// Stores an object, by us (with a manifest) or by somebody else, and tells the watches.
    pub(super) fn store(&mut self, object: &ObjectRef, body: &str, manifest: Option<&Manifest>) {
        let before = self.objects.get(object).cloned();
        if before.as_ref().is_some_and(|stored| stored.body == body) {
            return;
        }
        self.clock += 1;
        let live = Live {
            uid: before
                .as_ref()
                .map_or_else(|| self.clock.to_string().into(), |stored| stored.live.uid.clone()),
            resource_version: self.clock,
            generation: before.as_ref().map_or(Some(1), |stored| stored.live.generation.map(|it| it + 1)),
            content: None,
            unit: manifest.and_then(|manifest| find(&manifest.annotations, UNIT_ANNOTATION)).map_or_else(
                || before.as_ref().and_then(|stored| stored.live.unit.clone()),
                |unit| unit.parse().ok(),
            ),
            prune_disabled: body.contains("release-manager.io/prune"),
            terminating: false,
            health: Health::Current,
            labels: manifest.map_or_else(
                || before.as_ref().map(|stored| stored.live.labels.clone()).unwrap_or_default(),
                |manifest| manifest.labels.clone().into(),
            ),
            annotations: manifest.map_or_else(
                || before.as_ref().map(|stored| stored.live.annotations.clone()).unwrap_or_default(),
                |manifest| manifest.annotations.clone().into(),
            ),
        };
        self.objects.insert(object.clone(), Stored { live: live.clone(), body: body.to_owned() });
        if self.sees(&object.kind, &live) {
            self.machine
                .step(Event::News(object.kind.clone(), News::Changed(object.clone(), Box::new(live))));
        }
    }

    fn delete(&mut self, prune: Prune) {
        let is_it = self.objects.get(&prune.object).map(|stored| stored.live.uid == prune.uid);
        let outcome = match is_it {
            None => Err(Fault::new(FaultKind::NotFound, "not found")),
            Some(false) => Err(Fault::new(FaultKind::Conflict, "another uid")),
            Some(true) => {
                self.remove(&prune.object);
                Ok(())
            }
        };
        self.machine.step(Event::Deleted(prune.object, outcome));
    }

    /// An object goes, by whomever.
    pub(super) fn remove(&mut self, object: &ObjectRef) {
        let Some(stored) = self.objects.remove(object) else { return };
        self.clock += 1;
        if self.sees(&object.kind, &stored.live) {
            self.machine.step(Event::News(object.kind.clone(), News::Gone(object.clone(), self.clock)));
        }
    }

    fn sees(&self, kind: &GroupKind, live: &Live) -> bool {
        self.watched.get(kind).is_some_and(|all| *all || is_ours(live))
    }

    /// The names of our ConfigMaps that are there.
    pub(super) fn names(&self) -> Vec<&str> {
        let maps = self.objects.iter().filter(|(object, _)| object.kind.is("", "ConfigMap"));
        maps.map(|(object, _)| &*object.name).collect()
    }
}

fn is_ours(live: &Live) -> bool {
    find(&live.labels, ENVIRONMENT_LABEL).is_some()
}

fn find<'a>(pairs: &'a [(Box<str>, Box<str>)], key: &str) -> Option<&'a str> {
    pairs.iter().find(|(it, _)| &**it == key).map(|(_, value)| &**value)
}
