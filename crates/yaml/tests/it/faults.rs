//! Faults name their place.

fn fault(text: &str) -> String {
    let read = yaml::documents(text)
        .and_then(|documents| documents.iter().map(yaml::Document::to_json).collect::<Result<Vec<_>, _>>());
    match read {
        Ok(values) => panic!("{text:?} was read as {values:?}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn each_fault_has_a_line_a_column_and_a_reason() {
    let table = [
        ("a: 1\nb: 2\na: 3\n", "line 3, column 1: key \"a\" already set in map"),
        ("a: {x: 1, 'x': 2}\n", "line 1, column 11: key \"x\" already set in map"),
        ("{1: a, '1': b}", "line 1, column 8: key \"1\" already set in map"),
        ("? [a]\n: 1\n", "line 1, column 3: invalid map key: a list"),
        ("~: 1\n", "line 1, column 1: invalid map key: null"),
        ("a: .inf\n", "line 1, column 4: .inf cannot be written as JSON"),
        ("a: !!int x\n", "line 1, column 10: cannot decode !!str `x` as a !!int"),
        ("a: !!binary '#'\n", "line 1, column 13: !!binary value contains invalid base64 data"),
        ("<<: 1\n", "line 1, column 5: map merge requires map or sequence of maps as the value"),
        ("a: &x [*x]\n", "line 1, column 8: anchor value contains itself"),
        ("a: b\0\n", "line 1, column 5: control characters are not allowed"),
    ];
    for (text, want) in table {
        assert_eq!(fault(text), want, "{text:?}");
    }
}

#[test]
fn broken_syntax_names_its_line() {
    for (text, line) in
        [("a: [1\n", 1), ("a: b: c\n", 1), ("a: *nowhere\n", 1), ("a: 'x\n", 1), ("a:\n\tb: 1\n", 2)]
    {
        let error = yaml::documents(text).unwrap_err();
        assert_eq!(error.line(), line, "{text:?}: {error}");
        assert!(!error.problem.to_string().is_empty(), "{text:?}");
    }
}

#[test]
fn deep_nesting_is_refused() {
    assert!(fault(&"[".repeat(100_000)).contains("line 1"));
    let inner = format!("a: &a {}1{}\n", "[".repeat(200), "]".repeat(200));
    assert!(fault(&format!("{inner}b: {}*a{}\n", "[".repeat(100), "]".repeat(100))).contains("256 levels"));
}

#[test]
fn a_billion_laughs_is_refused() {
    let mut text = String::from("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 9].join(", ");
        text += &format!("a{level}: &a{level} [{aliases}]\n");
    }
    assert!(fault(&text).ends_with("document contains excessive aliasing"));
}

#[test]
fn anchors_inside_of_anchors_do_not_multiply_a_text() {
    let open: String = (0..200).map(|level| format!("&a{level} [")).collect();
    let text = format!("{open}{}x{}", "x, ".repeat(100_000), "]".repeat(200));
    assert!(fault(&text).ends_with("document contains excessive aliasing"));
}

#[test]
fn many_maps_that_are_merged_are_read_before_the_sun_sets() {
    let maps: Vec<String> = (0..30_000).map(|number| format!("{{k{number}: 1}}")).collect();
    let documents = yaml::documents(&format!("a:\n  <<: [{}]\n", maps.join(", "))).unwrap();
    assert_eq!(documents[0].root.field("a").unwrap().entries().unwrap().len(), maps.len());
    let sources: String =
        (0..15_000).map(|number| format!("  <<: {{k{number}: 1, same: {number}}}\n")).collect();
    let documents = yaml::documents(&format!("a:\n  k0: own\n{sources}")).unwrap();
    let merged = documents[0].to_json().unwrap();
    assert_eq!((&merged["a"]["k0"], &merged["a"]["same"]), (&"own".into(), &0.into()));
}
