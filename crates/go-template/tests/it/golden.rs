//! Templates give what Go gives. `tools/go-template` records the golden files.

use std::fmt::Write;
use std::path::Path;
use std::rc::Rc;

use go_template::{Delimiters, Dialect, Key, Map, MapType, NoWorld, Record, Template, Value};

/// The same data that the recorder hands to Go.
fn dot() -> Value {
    let text = std::fs::read_to_string(corpus("data.yaml")).unwrap();
    let documents = yaml::documents(&text).unwrap();
    let Value::Map(vars) = Value::from(&documents[0].root.to_value()) else { panic!("data.yaml is no map") };
    let vars = Map::new(MapType::Dict, vars.entries().into_iter().collect());
    let args = [("env", "dev"), ("tag", "v1.2")].map(|(key, value)| (Key::text(key), Value::text(value)));
    Value::Record(Rc::new(Record::new(
        "main.context",
        vec![
            ("Vars", Value::Map(vars)),
            ("Args", Value::Map(Map::new(MapType::Texts, args.into_iter().collect()))),
            ("PlanPath", Value::text("/plan")),
            ("ProjectPath", Value::text("/project")),
        ],
    )))
}

fn corpus(file: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(file)
}

fn check(name: &str) {
    let golden = std::fs::read_to_string(corpus(&format!("{name}.golden.json"))).unwrap();
    let cases: Vec<serde_json::Value> = serde_json::from_str(&golden).unwrap();
    let (mut differences, mut n_different) = (String::new(), 0);
    for case in &cases {
        let input = case["input"].as_str().unwrap();
        let want = match case["error"].as_str() {
            Some(error) => Err(error.to_owned()),
            None => Ok(case["text"].as_str().unwrap_or_default().to_owned()),
        };
        let got = Template::parse(name, input, &Delimiters::default(), Dialect::Shuttle)
            .and_then(|template| template.render(&dot(), &NoWorld))
            .map_err(|error| error.to_string());
        if got != want {
            n_different += 1;
            write!(differences, "\n{input}\n  Go:   {want:?}\n  ours: {got:?}\n").unwrap();
        }
    }
    assert!(cases.len() > 20, "{name} holds {} cases only", cases.len());
    assert_eq!(n_different, 0, "of {} cases in {name} differ:{differences}", cases.len());
}

#[test]
fn the_language_is_gos() {
    check("language");
}

#[test]
fn functions_do_what_sprig_and_shuttle_do() {
    check("functions");
}
