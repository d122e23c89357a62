//! Documents as JSON.

use serde_json::{Value, json};

fn check(text: &str, want: &[Value]) {
    let documents = yaml::documents(text).unwrap_or_else(|error| panic!("{text:?}: {error}"));
    let got: Vec<Value> = documents.iter().map(|document| document.to_json().unwrap()).collect();
    assert_eq!(got, want, "{text:?}");
}

#[test]
fn a_stream_gives_its_documents_and_skips_empty_ones() {
    check("", &[]);
    check("# only a comment\n", &[]);
    check("---\n---\na: 1\n...\n---\n~\n---\n- x\n", &[json!({"a": 1}), json!(["x"])]);
    let documents = yaml::documents("# head\n---\n\na: 1\n---\nb:\n  c: 2\n").unwrap();
    assert_eq!(documents.iter().map(|document| document.line).collect::<Vec<_>>(), [4, 6]);
}

#[test]
fn scalars_become_what_kubernetes_sees() {
    check(
        "{a: yes, b: '1', c: 0x10, d: 1e3, e: 1.5, f: 2020-01-01, g: null, h: !!str 5, i: !custom 5, j: 010}",
        &[json!({
            "a": true, "b": "1", "c": 16, "d": 1000, "e": 1.5, "f": "2020-01-01",
            "g": null, "h": "5", "i": "5", "j": 8
        })],
    );
    check("a: !!float 3\nb: !!binary aGk=\nc: !!int '3'\n", &[json!({"a": 3, "b": "hi", "c": 3})]);
    check("a: |\n  x\n   y\nb: >-\n  p\n  q\n", &[json!({"a": "x\n y\n", "b": "p q"})]);
    check("k: 18446744073709551615", &[json!({"k": 18_446_744_073_709_551_615_u64})]);
}

#[test]
fn keys_become_strings() {
    check(
        "{1: a, yes: b, 1.5: c, 1e20: d, x: e}",
        &[json!({"1": "a", "true": "b", "1.5": "c", "1e+20": "d", "x": "e"})],
    );
}

#[test]
fn aliases_repeat_and_merges_yield_to_explicit_keys() {
    check(
        "base: &b {x: 1, v: 2}\none: {<<: *b, v: 3}\ntwo: {v: 4, <<: [*b, {x: 5, z: 6}]}\nsame: *b\n",
        &[json!({
            "base": {"x": 1, "v": 2}, "one": {"x": 1, "v": 3}, "two": {"x": 1, "v": 4, "z": 6}, "same": {"x": 1, "v": 2}
        })],
    );
    check("'<<': 1\n", &[json!({"<<": 1})]);
}

#[test]
fn nodes_know_where_they_stand_and_how_they_were_written() {
    let documents = yaml::documents("a:\n  - 0x10\n  - b: yes\n").unwrap();
    let items = documents[0].root.field("a").and_then(yaml::Node::items).unwrap();
    assert_eq!((items[0].position.line, items[0].position.column), (2, 5));
    assert_eq!(items[0].written(), Some("0x10"));
    assert_eq!(items[1].field("b").and_then(yaml::Node::written), Some("yes"));
}
