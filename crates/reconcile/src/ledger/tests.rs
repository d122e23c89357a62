use super::*;
use crate::object::GroupKind;

fn unit(name: &str) -> UnitName {
    name.parse().expect("a unit name")
}

fn record(names: &[&str]) -> Record {
    names.iter().map(|name| ObjectRef::new(GroupKind::new("apps", "Deployment"), "shop", name)).collect()
}

/// Writes everything that is wanted, as the cluster would.
fn flush(ledger: &mut Ledger) -> Vec<PageWrite> {
    let mut all = Vec::new();
    while let Some(writes) = ledger.next_write() {
        all.extend(writes.clone());
        for write in writes {
            ledger.written(write, "7".into());
        }
        ledger.write_ended();
    }
    all
}

#[test]
fn many_units_are_one_write() {
    let mut ledger = Ledger::default();
    for name in ["a", "b", "c"] {
        ledger.want(&unit(name), record(&[name]));
    }
    let writes = flush(&mut ledger);
    assert_eq!(writes.len(), 1);
    assert_eq!(writes[0].units.len(), 3);
    assert_eq!((ledger.n_objects(), ledger.is_behind()), (3, false));
    ledger.want(&unit("a"), record(&["a"]));
    assert_eq!(ledger.next_write(), None, "nothing changed, nothing is written");
}

#[test]
fn nothing_counts_as_stored_before_the_answer() {
    let mut ledger = Ledger::default();
    ledger.want(&unit("a"), record(&["x"]));
    let writes = ledger.next_write().expect("a write");
    assert!(ledger.stored(&unit("a")).is_empty());
    ledger.want(&unit("a"), record(&["x", "y"]));
    ledger.want(&unit("b"), record(&["z"]));
    assert_eq!(ledger.next_write(), None, "one write at a time");
    for write in writes {
        ledger.written(write, "1".into());
    }
    ledger.write_ended();
    assert_eq!(ledger.stored(&unit("a")), &record(&["x"]), "what was written, not what is wanted by now");
    flush(&mut ledger);
    assert_eq!(ledger.stored(&unit("a")), &record(&["x", "y"]));
    assert_eq!(ledger.stored(&unit("b")), &record(&["z"]));
}

#[test]
fn what_a_write_under_way_strikes_out_does_not_count_as_recorded() {
    let mut ledger = Ledger::default();
    let (a, objects) = (unit("a"), record(&["x", "y"]));
    ledger.want(&a, objects.clone());
    flush(&mut ledger);
    ledger.want(&a, record(&["x"]));
    let writes = ledger.next_write().expect("a write");
    // Wanted again before the answer.
    ledger.want(&a, objects.clone());
    let holds = |ledger: &Ledger| objects.iter().map(|object| ledger.holds(&a, object)).collect::<Vec<_>>();
    assert_eq!(holds(&ledger), [true, false]);
    for write in writes {
        ledger.written(write, "1".into());
    }
    ledger.write_ended();
    assert_eq!(holds(&ledger), [true, false]);
    ledger.want(&a, objects.clone());
    flush(&mut ledger);
    assert_eq!(holds(&ledger), [true, true]);
}

#[test]
fn a_refused_write_is_tried_again() {
    let mut ledger = Ledger::default();
    ledger.want(&unit("a"), record(&["x"]));
    let first = ledger.next_write();
    ledger.write_ended();
    assert_eq!(ledger.next_write(), first);
}

#[test]
fn a_large_inventory_is_split_and_a_small_change_writes_one_page() {
    let mut ledger = Ledger::default();
    let name = |n: usize| format!("releases/shop/service-{n}");
    for n in 0..5000 {
        ledger.want(&unit(&name(n)), record(&["deployment", "another", "third"]));
    }
    let writes = flush(&mut ledger);
    assert!(writes.len() > 1, "{} pages", writes.len());
    for write in &writes {
        let text = write.text().expect("JSON");
        assert!(text.len() < 512 << 10, "{} bytes", text.len());
        let page = Page::read(write.number, None, &text).expect("readable");
        assert_eq!(page.units, write.units);
    }
    ledger.want(&unit(&name(0)), record(&[]));
    assert_eq!(flush(&mut ledger).len(), 1);
    assert_eq!(ledger.units().count(), 4999);

    let pages = writes.iter().map(|write| Page::read(write.number, None, &write.text().expect("JSON")));
    let loaded = Ledger::load(pages.collect::<Result<_, _>>().expect("readable"));
    assert_eq!(loaded.n_objects(), 15000);
}

#[test]
fn a_damaged_page_is_an_error_and_not_an_empty_page() {
    for text in ["", "{", "{}", r#"{"units":{"a":["no line"]}}"#, r#"{"units":{"../a":[]}}"#] {
        assert!(Page::read(0, None, text).is_err(), "{text}");
    }
}
