//! Documents read as `sigs.k8s.io/yaml` reads them, and are written as go-yaml writes them. `tools/go-template`
//! records the golden file.

use std::fmt::Write;

use serde_json::Value;

/// What we make of a text: JSON and YAML, or nothing when it is refused.
fn ours(input: &str) -> Result<(Value, String), String> {
    let documents = yaml::documents(input).map_err(|error| error.to_string())?;
    let Some(document) = documents.first() else { return Ok((Value::Null, "null\n".to_owned())) };
    let json = document.to_json().map_err(|error| error.to_string())?;
    Ok((json, yaml::to_string(&document.root.to_value())))
}

/// Go's JSON has whole floats as whole numbers; so have we.
fn without_whole_floats(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(without_whole_floats).collect(),
        Value::Object(fields) => Value::Object(
            fields.iter().map(|(name, value)| (name.clone(), without_whole_floats(value))).collect(),
        ),
        Value::Number(number) => number.as_f64().map_or(Value::Null, |float| format!("{float:e}").into()),
        other => other.clone(),
    }
}

#[test]
fn documents_are_read_and_written_as_go_does() {
    let golden = include_str!("../corpus/kubernetes.golden.json");
    let cases: Vec<Value> = serde_json::from_str(golden).unwrap();
    let mut differences = String::new();
    for case in &cases {
        let input = case["input"].as_str().unwrap();
        let refused = case["error"].is_string();
        let text = case["text"].as_str().unwrap_or_default();
        match ours(input) {
            Err(_) if refused => {}
            Err(error) => write!(differences, "\n{input}\n  Go reads it, we say: {error}\n").unwrap(),
            Ok((json, _)) if refused => {
                write!(differences, "\n{input}\n  Go refuses, we read {json}\n").unwrap()
            }
            Ok((json, written)) => {
                if without_whole_floats(&json) != without_whole_floats(&case["output"]) {
                    write!(differences, "\n{input}\n  Go:   {}\n  ours: {json}\n", case["output"]).unwrap();
                }
                if written != text {
                    write!(differences, "\n{input}\n  Go writes:\n{text}\n  ours:\n{written}\n").unwrap();
                }
            }
        }
    }
    assert!(cases.len() > 40, "only {} cases", cases.len());
    assert_eq!(differences, "", "differences:{differences}");
}
