//! Whatever the text, the end is output or an error.

use go_template::{Delimiters, Dialect, Map, NoWorld, Template, Value};
use proptest::prelude::*;

fn run(text: &str) {
    let dot = Value::Map(Map::dict([
        ("a", Value::text("x")),
        ("n", Value::Int(3)),
        ("l", Value::texts(["p", "q"])),
    ]));
    if let Ok(template) = Template::parse("fuzz", text, &Delimiters::default(), Dialect::Shuttle) {
        drop(template.render(&dot, &NoWorld));
    }
}

/// Pieces that make texts which come far.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "{{",
            "}}",
            "{{- ",
            " -}}",
            " ",
            "|",
            "(",
            ")",
            ".",
            ".a",
            ".n",
            ".l",
            "$",
            "$x",
            ":=",
            "=",
            ",",
            "if ",
            "else ",
            "end",
            "range ",
            "with ",
            "define ",
            "template ",
            "block ",
            "break",
            "continue",
            "nil ",
            "true ",
            "\"a\"",
            "`b`",
            "'c'",
            "1 ",
            "-1 ",
            "0x1f ",
            "1.5e3 ",
            "printf ",
            "\"%*.[2]d\" ",
            "index ",
            "slice ",
            "len ",
            "eq ",
            "lt ",
            "dict ",
            "set ",
            "merge ",
            "list ",
            "toYaml ",
            "fromYaml ",
            "until ",
            "trunc ",
            "substr ",
            "repeat ",
            "regexSplit ",
            "semverCompare ",
            "urlParse ",
            "round ",
            "div ",
            "toJson ",
            "quote ",
            "get ",
            "dig ",
            "/*",
            "*/",
            "\n",
            "é",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,3}",
    ];
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn arbitrary_text_never_panics(text in "\\PC{0,100}") {
        run(&text);
    }

    #[test]
    fn plausible_text_never_panics(text in pieces()) {
        run(&text);
        run(&format!("{{{{{text}}}}}"));
    }

    #[test]
    fn any_format_never_panics(format in "[%+# 0-9.*\\[\\]vdsqxXtfeEgGTUcbop!-]{0,12}", text in "\\PC{0,5}", number in any::<i64>()) {
        run(&format!("{{{{ printf {format:?} {text:?} {number} 1.5 .l nil true }}}}"));
    }
}

#[test]
fn nesting_and_recursion_end_in_errors() {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(10_000), close.repeat(10_000));
    let texts = [
        format!("{{{{{}}}}}", deep("(", ")")),
        deep("{{if 1}}", "{{end}}"),
        deep("{{with 1}}", "{{end}}"),
        "{{define \"r\"}}{{template \"r\" .}}{{end}}{{template \"r\" .}}".to_owned(),
    ];
    for text in texts {
        let rendered = Template::parse("deep", &text, &Delimiters::default(), Dialect::Go)
            .and_then(|template| template.render(&Value::Nil, &NoWorld));
        let error = rendered.unwrap_err().to_string();
        assert!(error.contains("exceeded"), "{error}");
    }
}

#[test]
fn a_map_cannot_be_put_into_itself() {
    let text = "{{ $d := dict }}{{ set $d \"self\" (list $d) }}";
    let template = Template::parse("cycle", text, &Delimiters::default(), Dialect::Sprig).unwrap();
    let error = template.render(&Value::Nil, &NoWorld).unwrap_err().to_string();
    assert!(error.ends_with("error calling set: a map cannot contain itself"), "{error}");
}
