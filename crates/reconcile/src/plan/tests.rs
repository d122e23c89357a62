use std::collections::{BTreeMap, BTreeSet};

use kube_status::Health;
use proptest::prelude::*;

use super::*;
use crate::live::Live;
use crate::object::GroupKind;

/// A world of facts, and what the plans do to it.
#[derive(Default)]
struct World {
    live: BTreeMap<ObjectRef, Live>,
    applied: BTreeSet<ObjectRef>,
    owners: BTreeMap<ObjectRef, UnitName>,
    records: BTreeMap<UnitName, Record>,
    unknown: BTreeSet<ObjectRef>,
}

impl Facts for World {
    fn sight(&self, object: &ObjectRef) -> Sight<'_> {
        match self.live.get(object) {
            _ if self.unknown.contains(object) => Sight::Unknown,
            Some(live) => Sight::Present(live),
            None => Sight::Absent,
        }
    }

    fn is_applied(&self, object: &ObjectRef) -> bool {
        self.applied.contains(object)
    }

    fn owner(&self, object: &ObjectRef) -> Option<&UnitName> {
        self.owners.get(object)
    }

    fn is_recorded(&self, unit: &UnitName, object: &ObjectRef) -> bool {
        self.records.get(unit).is_some_and(|record| record.contains(object))
    }
}

fn unit(name: &str) -> UnitName {
    name.parse().expect("a unit")
}

fn object(kind: &str, name: &str) -> ObjectRef {
    let group = match kind {
        "Deployment" => "apps",
        "CustomResourceDefinition" => "apiextensions.k8s.io",
        "Widget" => "example.test",
        _ => "",
    };
    ObjectRef::new(GroupKind::new(group, kind), "shop", name)
}

fn live(owner: &str) -> Live {
    Live {
        uid: "u1".into(),
        resource_version: 1,
        generation: None,
        content: None,
        unit: Some(unit(owner)),
        prune_disabled: false,
        terminating: false,
        health: Health::Current,
        labels: Box::default(),
        annotations: Box::default(),
    }
}

/// The plan of unit `a`, which wants nothing and has one ConfigMap on record.
fn fate_of_one(change: impl FnOnce(&mut World, &ObjectRef)) -> Plan {
    let it = object("ConfigMap", "x");
    let mut facts = World::default();
    facts.live.insert(it.clone(), live("a"));
    facts.records.insert(unit("a"), [it.clone()].into());
    change(&mut facts, &it);
    plan(&unit("a"), Goal::Complete(&BTreeSet::new()), &facts.records[&unit("a")], &facts)
}

#[test]
fn an_object_that_is_not_wanted_is_deleted_only_when_nothing_speaks_against_it() {
    let check = |name: &str, change: &dyn Fn(&mut World, &ObjectRef), prunes: bool, stays_on_record: bool| {
        let plan = fate_of_one(change);
        assert_eq!((plan.prune.len() == 1, plan.record.len() == 1), (prunes, stays_on_record), "{name}");
    };
    check("not wanted", &|_, _| {}, true, true);
    check("gone", &|facts, it| drop(facts.live.remove(it)), false, false);
    check("not seen yet", &|facts, it| facts.unknown.extend([it.clone()]), false, true);
    check(
        "without the mark of a unit",
        &|facts, it| facts.live.get_mut(it).expect("it").unit = None,
        false,
        false,
    );
    let elsewhere = |facts: &mut World, it: &ObjectRef| {
        facts.live.insert(it.clone(), live("b"));
        facts.records.insert(unit("b"), [it.clone()].into());
    };
    check("of another unit", &elsewhere, false, false);
    check("handed over half", &|facts, it| drop(facts.live.insert(it.clone(), live("b"))), true, true);
    check(
        "kept by annotation",
        &|facts, it| facts.live.get_mut(it).expect("it").prune_disabled = true,
        false,
        true,
    );
    check("going", &|facts, it| facts.live.get_mut(it).expect("it").terminating = true, false, true);
    check(
        "handed over, not yet taken",
        &|facts, it| drop(facts.owners.insert(it.clone(), unit("b"))),
        false,
        true,
    );
    let taken = |facts: &mut World, it: &ObjectRef| {
        facts.owners.insert(it.clone(), unit("b"));
        facts.records.insert(unit("b"), [it.clone()].into());
    };
    check("handed over and taken", &taken, false, false);
}

#[test]
fn nothing_is_deleted_from_a_partial_state() {
    let it = object("ConfigMap", "x");
    let mut facts = World::default();
    facts.live.insert(it.clone(), live("a"));
    let plan = plan(&unit("a"), Goal::Partial(&BTreeSet::new()), &[it.clone()].into(), &facts);
    assert_eq!((plan.prune, plan.record), (Vec::new(), [it].into()));
}

#[test]
fn nothing_is_created_that_is_not_on_record() {
    let it = object("ConfigMap", "x");
    let mut facts = World::default();
    facts.owners.insert(it.clone(), unit("a"));
    let wanted = [it.clone()].into();
    let before = plan(&unit("a"), Goal::Complete(&wanted), &Record::new(), &facts);
    assert_eq!((before.apply, &before.record), (Vec::new(), &wanted));
    let after = plan(&unit("a"), Goal::Complete(&wanted), &before.record, &facts);
    assert_eq!(after.apply, [it]);
}

#[test]
fn pruning_goes_against_the_order_of_applying_and_definitions_go_last() {
    let (widget, definition) = (object("Widget", "w"), object("CustomResourceDefinition", "widgets"));
    let (deployment, map) = (object("Deployment", "d"), object("ConfigMap", "m"));
    let mut facts = World::default();
    let mut recorded: Record = [&widget, &definition, &deployment, &map].map(Clone::clone).into();
    for it in &recorded {
        facts.live.insert(it.clone(), live("a"));
    }
    let mut steps = Vec::new();
    loop {
        let plan = plan(&unit("a"), Goal::Complete(&BTreeSet::new()), &recorded, &facts);
        recorded = plan.record;
        let Some(prune) = plan.prune.first().cloned() else { break };
        assert_eq!(plan.prune.len(), 1, "one step at a time");
        // A finalizer holds the widget; the definition has to wait for it.
        if prune.object == widget {
            facts.live.get_mut(&widget).expect("it").terminating = true;
        } else {
            facts.live.remove(&prune.object);
        }
        steps.push(prune.object);
    }
    assert_eq!(steps, [widget.clone(), deployment, map]);
    facts.live.remove(&widget);
    let last = plan(&unit("a"), Goal::Complete(&BTreeSet::new()), &recorded, &facts);
    assert_eq!(last.prune.first().map(|prune| &prune.object), Some(&definition));
}

fn any_objects() -> impl Strategy<Value = BTreeSet<ObjectRef>> {
    let kind = prop::sample::select(vec!["ConfigMap", "Deployment", "CustomResourceDefinition", "Widget"]);
    let one = (kind, 0..4u8).prop_map(|(kind, name)| object(kind, &name.to_string()));
    prop::collection::btree_set(one, 0..8)
}

proptest! {
    #[test]
    fn carrying_out_plans_ends_with_an_empty_plan_and_never_deletes_what_is_wanted(
        wanted in any_objects(), recorded in any_objects(), there in any_objects(), foreign in any_objects(),
    ) {
        let mut facts = World::default();
        facts.owners.extend(wanted.iter().map(|it| (it.clone(), unit("a"))));
        facts.live.extend(there.iter().map(|it| (it.clone(), live("a"))));
        facts.live.extend(foreign.iter().map(|it| (it.clone(), live("b"))));
        facts.records.insert(unit("b"), foreign);
        let mut recorded = recorded;
        for _ in 0..32 {
            let plan = plan(&unit("a"), Goal::Complete(&wanted), &recorded, &facts);
            prop_assert!(plan.prune.iter().all(|prune| !wanted.contains(&prune.object)));
            prop_assert!(plan.prune.iter().all(|prune| facts.live[&prune.object].unit == Some(unit("a"))));
            prop_assert!(wanted.is_subset(&plan.record));
            if plan.apply.is_empty() && plan.prune.is_empty() && plan.record == recorded {
                prop_assert_eq!(&plan.record, &wanted);
                prop_assert!(wanted.iter().all(|it| facts.live[it].unit == Some(unit("a"))));
                return Ok(());
            }
            for it in plan.apply {
                prop_assert!(recorded.contains(&it));
                facts.live.insert(it.clone(), live("a"));
                facts.applied.insert(it);
            }
            for prune in plan.prune {
                facts.live.remove(&prune.object);
            }
            recorded = plan.record;
        }
        prop_assert!(false, "it never ends");
    }
}
