mod model;

use std::collections::{BTreeMap, BTreeSet};

use model::{Model, config_map, unit};
use proptest::prelude::*;

use crate::fault::{Fault, FaultKind};
use crate::name::APPROVE_ANNOTATION;
use crate::object::{GroupKind, ObjectRef};
use crate::report::{Happening, UnitState};

/// The files of a unit with these ConfigMaps.
fn maps(names: &[(&str, u8)]) -> String {
    let map = |(name, value): &(&str, u8)| {
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: \"{name}\"\ndata:\n  value: \"{value}\"\n"
        )
    };
    names.iter().map(map).collect::<Vec<_>>().join("---\n")
}

fn settled(files: &[(&str, String)]) -> Model {
    let mut model = Model::new();
    model.commit(files);
    model.settle();
    model
}

#[test]
fn what_is_in_the_files_is_in_the_cluster_and_then_nothing_happens() {
    let mut model = settled(&[("a", maps(&[("x", 1), ("y", 1)]))]);
    assert_eq!(model.names(), ["x", "y"]);
    assert_eq!(model.report("a").state, UnitState::Healthy);
    let n_applies = model.n_applies;
    model.commit(&[]);
    model.wait();
    assert_eq!(model.n_applies, n_applies, "an unchanged, watched object costs nothing");
}

#[test]
fn a_change_writes_that_object_alone() {
    let mut model = settled(&[("a", maps(&[("x", 1), ("y", 1)])), ("b", maps(&[("z", 1)]))]);
    let n_applies = model.n_applies;
    model.commit(&[("a", maps(&[("x", 1), ("y", 2)]))]);
    model.settle();
    assert_eq!(model.n_applies, n_applies + 1);
    assert!(model.objects[&config_map("y")].body.contains("\"2\""));
}

#[test]
fn what_leaves_the_files_leaves_the_cluster() {
    let mut model = settled(&[("a", maps(&[("x", 1), ("y", 1)])), ("b", maps(&[("z", 1)]))]);
    model.commit(&[("a", maps(&[("x", 1)])), ("b", String::new())]);
    model.settle();
    assert_eq!(model.names(), ["x"]);
    assert_eq!(model.machine.snapshot().units.len(), 1, "a unit that is gone is forgotten");
    assert!(!model.pages[&0].1.contains("/z\""), "and struck out: {}", model.pages[&0].1);
}

#[test]
fn an_object_that_moves_between_units_is_never_deleted() {
    for order in [["a", "b"], ["b", "a"]] {
        let mut model = settled(&[(order[0], maps(&[("x", 1)])), (order[1], maps(&[("y", 1)]))]);
        let uid = model.objects[&config_map("x")].live.uid.clone();
        model.commit(&[(order[0], maps(&[("w", 1)])), (order[1], maps(&[("x", 1), ("y", 1)]))]);
        model.settle();
        let moved = &model.objects[&config_map("x")].live;
        assert_eq!((&moved.uid, &moved.unit), (&uid, &Some(unit(order[1]))));
    }
}

#[test]
fn two_units_that_want_one_object_do_not_fight() {
    let mut model = settled(&[("b", maps(&[("x", 1)]))]);
    model.commit(&[("a", maps(&[("x", 2)]))]);
    model.settle();
    assert!(model.objects[&config_map("x")].body.contains("\"1\""), "who has it keeps it");
    assert_eq!(model.report("b").state, UnitState::Healthy);
    let report = model.report("a");
    assert_eq!(report.state, UnitState::Failing);
    assert_eq!(
        report.message(),
        "all.yaml:1: ConfigMap shop/x: it belongs to releases/shop/b, which wants it too"
    );
    model.commit(&[("b", String::new())]);
    model.settle();
    assert!(model.objects[&config_map("x")].body.contains("\"2\""), "the other takes over");
    assert_eq!(model.report("a").state, UnitState::Healthy);
}

#[test]
fn what_others_change_or_delete_is_put_back() {
    let mut model = settled(&[("a", maps(&[("x", 1)]))]);
    let body = model.objects[&config_map("x")].body.clone();
    model.store(&config_map("x"), "by hand", None);
    model.settle();
    assert_eq!(model.objects[&config_map("x")].body, body);
    model.remove(&config_map("x"));
    model.settle();
    assert_eq!(model.objects[&config_map("x")].body, body);
    let repairs = model.told.iter().filter(|it| matches!(it, Happening::Repaired(_))).count();
    assert_eq!(repairs, 2);
}

#[test]
fn broken_files_keep_the_last_good_state_and_stop_nobody_else() {
    let mut model = settled(&[("a", maps(&[("x", 1), ("y", 1)])), ("b", maps(&[("z", 1)]))]);
    model.commit(&[("a", "a: [".into()), ("b", maps(&[("z", 2)]))]);
    model.settle();
    assert_eq!(model.names(), ["x", "y", "z"]);
    assert!(model.objects[&config_map("z")].body.contains("\"2\""));
    let report = model.report("a");
    assert_eq!(report.state, UnitState::Failing);
    assert!(report.message().starts_with("all.yaml:1: "), "{}", report.message());
    model.remove(&config_map("x"));
    model.settle();
    assert_eq!(model.names(), ["x", "y", "z"], "the last good state is enforced");
    model.restart();
    model.settle();
    assert_eq!(model.names(), ["x", "y", "z"], "nothing is deleted after a restart either");
}

#[test]
fn nothing_that_a_broken_file_names_is_deleted() {
    let mut model = settled(&[("a", maps(&[("moved", 1), ("dropped", 1)])), ("b", maps(&[("z", 1)]))]);
    model.commit(&[("a", maps(&[("kept", 1)])), ("b", format!("{}--- [", maps(&[("moved", 1)])))]);
    model.settle();
    assert_eq!(model.names(), ["kept", "moved", "z"]);
}

#[test]
fn a_refused_object_does_not_block_its_neighbours_and_is_fixed_by_new_files_at_once() {
    let mut model = Model::new();
    model.refused.insert("bad".into());
    model.commit(&[("a", maps(&[("bad", 1), ("x", 1), ("y", 1)]))]);
    model.settle();
    assert_eq!(model.names(), ["x", "y"]);
    let report = model.report("a");
    assert_eq!(report.message(), "all.yaml:1: ConfigMap shop/bad: it is not valid");
    model.refused.clear();
    model.commit(&[("a", maps(&[("bad", 2), ("x", 1), ("y", 1)]))]);
    model.settle();
    assert_eq!(model.report("a").state, UnitState::Healthy, "without waiting for the next try");
}

#[test]
fn a_kind_that_may_not_be_watched_says_so_and_blocks_only_its_objects() {
    let mut model = Model::new();
    model.unwatchable = Some(GroupKind::new("apps", "Deployment"));
    let deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: d\n";
    model.commit(&[("a", format!("{deployment}---\n{}", maps(&[("x", 1)])))]);
    model.settle();
    assert_eq!(model.names(), ["x"]);
    let expected =
        "all.yaml:1: Deployment.apps shop/d: the watch of Deployment.apps has not caught up: we may not";
    assert_eq!(model.report("a").message(), expected);
}

#[test]
fn pods_that_may_not_be_watched_are_told_once_and_again_when_it_changes() {
    let mut model = settled(&[("a", maps(&[("x", 1)]))]);
    let fails = |model: &mut Model, kind, message| {
        let news = super::PodNews::Failed(Fault::new(kind, message));
        model.machine.step(super::Event::Pods(news));
        model.settle();
        std::mem::take(&mut model.told)
    };
    model.told.clear();
    assert_eq!(fails(&mut model, FaultKind::Unreachable, "nobody answers"), [], "other watches say so");
    assert_eq!(
        fails(&mut model, FaultKind::Forbidden, "we may not"),
        [Happening::PodsHidden("we may not".into())]
    );
    assert_eq!(fails(&mut model, FaultKind::Forbidden, "we may not"), []);
    model.machine.step(super::Event::Pods(super::PodNews::Synced));
    model.settle();
    assert_eq!(std::mem::take(&mut model.told), [Happening::PodsShown]);
}

#[test]
fn a_cluster_that_is_lost_is_named_once_with_the_next_step() {
    let mut model = settled(&[("a", maps(&[("x", 1)]))]);
    model.told.clear();
    for _ in 0..2 {
        let fault = Fault::new(FaultKind::Unreachable, "connection refused");
        model.machine.step(super::Event::Checked(Err(fault)));
        model.machine.settle().into_iter().for_each(|effect| model.pending.push(effect));
    }
    let told = |effect: &super::Effect| matches!(effect, super::Effect::Tell(Happening::Disconnected(_)));
    assert_eq!(model.pending.iter().filter(|effect| told(effect)).count(), 1);
    let expected = "cannot use the cluster at https://cluster.test: connection refused \
        (check the address of the cluster and the network; it is tried again)";
    assert_eq!(model.machine.snapshot().disconnected.as_deref(), Some(expected));
    model.settle();
    model.wait();
    assert_eq!(model.machine.snapshot().disconnected, None);
}

#[test]
fn a_refused_object_is_tried_again_later() {
    let mut model = Model::new();
    model.refused.insert("bad".into());
    model.commit(&[("a", maps(&[("bad", 1)]))]);
    model.settle();
    model.refused.clear();
    model.wait();
    assert_eq!(model.report("a").state, UnitState::Healthy);
}

#[test]
fn objects_of_a_kind_that_comes_later_are_applied_when_it_comes() {
    let widget = "apiVersion: example.test/v1\nkind: Widget\nmetadata:\n  name: w\n";
    let definition =
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: widgets\n";
    let mut model = settled(&[("a", format!("{}---\n{widget}", maps(&[("x", 1)])))]);
    assert_eq!(model.names(), ["x"]);
    let report = model.report("a");
    assert_eq!(report.message(), "all.yaml:8: the cluster does not serve the kind of Widget.example.test w");
    model.kinds.insert("Widget", "example.test");
    model.commit(&[("b", definition.to_owned())]);
    model.settle();
    assert_eq!(model.report("a").state, UnitState::Healthy, "{}", model.report("a").message());
    assert!(model.objects.contains_key(&ObjectRef::new(
        GroupKind::new("example.test", "Widget"),
        "shop",
        "w"
    )));
}

#[test]
fn a_large_prune_waits_for_approval() {
    let names: Vec<String> = (0..20).map(|n| format!("m{n:02}")).collect();
    let all: Vec<(&str, u8)> = names.iter().map(|name| (name.as_str(), 1)).collect();
    let mut model = settled(&[("a", maps(&all)), ("b", maps(&[("z", 1)]))]);
    model.commit(&[("a", String::new()), ("b", maps(&[("z", 2)]))]);
    model.settle();
    assert_eq!(model.names().len(), 21, "nothing is deleted");
    assert!(model.objects[&config_map("z")].body.contains("\"2\""), "and all else goes on");
    let held = model.machine.snapshot().held.expect("a held prune");
    assert_eq!((held.n_doomed, held.n_objects), (20, 21));
    assert_eq!(model.report("a").state, UnitState::Held);
    assert!(model.report("a").message().contains(&held.token), "{}", model.report("a").message());

    let namespace = super::world::namespace_ref(super::OWN_NAMESPACE);
    let approve = |model: &mut Model, token: &str| {
        let mut live = model.objects[&namespace].live.clone();
        live.resource_version += 1000;
        live.annotations = [(APPROVE_ANNOTATION.into(), token.into())].into();
        let news = super::News::Changed(namespace.clone(), Box::new(live));
        model.machine.step(super::Event::News(namespace.kind.clone(), news));
        model.settle();
    };
    approve(&mut model, "something else");
    assert_eq!(model.names().len(), 21);
    approve(&mut model, &held.token);
    assert_eq!(model.names(), ["z"]);
    assert_eq!(model.machine.snapshot().held, None);
}

#[test]
fn an_object_whose_owner_forbids_it_is_kept() {
    let kept = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: kept\n  annotations:\n    release-manager.io/prune: disabled\n";
    let mut model = settled(&[("a", format!("{kept}---\n{}", maps(&[("x", 1)])))]);
    model.commit(&[("a", maps(&[("x", 1)]))]);
    model.settle();
    assert_eq!(model.names(), ["kept", "x"]);
    let report = model.report("a");
    assert_eq!(report.state, UnitState::Healthy);
    assert!(report.objects.iter().any(|it| it.state.contains("its annotation forbids deleting it")));
}

#[test]
fn an_empty_cluster_at_the_same_address_is_filled_again() {
    let mut model = settled(&[("a", maps(&[("x", 1)])), ("b", maps(&[("y", 1)]))]);
    model.replace_cluster();
    model.wait();
    assert_eq!(model.names(), ["x", "y"]);
    assert!(model.told.contains(&Happening::Connected { is_other: true }));
    model.commit(&[("a", String::new())]);
    model.settle();
    assert_eq!(model.names(), ["y"], "and pruning works there");
}

#[test]
fn an_inventory_that_somebody_else_wrote_is_read_again() {
    let mut model = settled(&[("a", maps(&[("x", 1)]))]);
    let (version, _) = model.pages.get_mut(&0).expect("a page");
    *version += 1000;
    model.commit(&[("a", maps(&[("x", 1), ("y", 1)]))]);
    model.settle();
    assert_eq!(model.names(), ["x", "y"]);
}

type Files = BTreeMap<u8, BTreeMap<u8, u8>>;

/// Some units with some objects, so few that they often meet.
fn any_files() -> impl Strategy<Value = Files> {
    let objects = prop::collection::btree_map(0..4u8, 0..3u8, 0..4);
    prop::collection::btree_map(0..3u8, objects, 0..4)
}

fn commit(model: &mut Model, files: &Files) {
    for name in 0..3u8 {
        let names: Vec<(String, u8)> = files
            .get(&name)
            .into_iter()
            .flatten()
            .map(|(object, value)| (format!("object-{object}"), *value))
            .collect();
        let names: Vec<(&str, u8)> = names.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        let text =
            if files.contains_key(&name) { format!("# unit\n{}", maps(&names)) } else { String::new() };
        let text = text.replace("# unit\n---", "# unit");
        model.commit(&[(&format!("u{name}"), text)]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Commits come while work is under way, the process is killed at any point, answers come in any order: in the
    /// end the cluster is what the last files say, and the record is what the cluster has.
    #[test]
    fn killed_at_any_point_it_ends_equal_to_the_files(
        history in prop::collection::vec((any_files(), 0..40usize, any::<bool>()), 1..6),
        order in prop::collection::vec(any::<usize>(), 64),
    ) {
        let mut model = Model::new();
        for (files, n_effects, is_killed) in &history {
            commit(&mut model, files);
            for n in 0..*n_effects {
                model.run_one(order[n % order.len()]);
            }
            if *is_killed {
                model.restart();
            }
        }
        model.settle();
        model.wait();
        let files = &history.last().expect("at least one").0;
        let wanted: BTreeSet<String> =
            files.values().flatten().map(|(object, _)| format!("object-{object}")).collect();
        let names: BTreeSet<String> = model.names().into_iter().map(str::to_owned).collect();
        prop_assert_eq!(&names, &wanted);
        for (object, stored) in model.objects.iter().filter(|(object, _)| object.kind.is("", "ConfigMap")) {
            let candidates = files.values().flatten().filter(|(it, _)| format!("object-{it}") == *object.name);
            let values: Vec<String> = candidates.map(|(_, value)| format!("{{\"value\":\"{value}\"}}")).collect();
            prop_assert!(values.iter().any(|value| stored.body.contains(value)), "{}: {}", object, stored.body);
        }
        let recorded: BTreeSet<String> = wanted.clone();
        for (_, text) in model.pages.values() {
            for name in text.split("/shop/").skip(1).filter_map(|rest| rest.split('"').next()) {
                let name = name.to_owned();
                prop_assert!(name.starts_with("u") || recorded.contains(&name), "{} is left on record", name);
            }
        }
        let n_applies = model.n_applies;
        model.wait();
        prop_assert_eq!(model.n_applies, n_applies, "it rests");
    }
}
