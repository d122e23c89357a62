//! Whatever the text, reading ends with documents or a fault, and what is written reads back the same.

use proptest::prelude::*;
use yaml::{Scalar, Value};

fn scalar() -> impl Strategy<Value = Scalar> {
    let float = any::<f64>().prop_filter("JSON numbers only", |f| f.is_finite() && f.fract() != 0.0);
    prop_oneof![
        Just(Scalar::Null),
        any::<bool>().prop_map(Scalar::Bool),
        any::<i64>().prop_map(Scalar::Int),
        float.prop_map(Scalar::Float),
        "[ -~]{0,100}".prop_map(Scalar::Text),
        "([a-z0-9.:#' \n-]|\\PC){0,40}".prop_map(Scalar::Text),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    scalar().prop_map(Value::Scalar).prop_recursive(4, 32, 5, |inner| {
        let key = "[a-z0-9 :#-]{0,12}".prop_map(|text| Value::Scalar(Scalar::Text(text)));
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::List),
            prop::collection::vec((key, inner), 0..5).prop_map(distinct).prop_map(Value::Map),
        ]
    })
}

fn distinct(entries: Vec<(Value, Value)>) -> Vec<(Value, Value)> {
    let mut kept: Vec<(Value, Value)> = Vec::new();
    for (key, value) in entries {
        if kept.iter().all(|(other, _)| *other != key) {
            kept.push((key, value));
        }
    }
    kept
}

/// The same value with every map in one order.
fn sorted(value: Value) -> Value {
    match value {
        Value::Map(entries) => {
            let mut entries: Vec<_> = entries.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            entries.sort_by_key(|(key, _)| format!("{key:?}"));
            Value::Map(entries)
        }
        Value::List(items) => Value::List(items.into_iter().map(sorted).collect()),
        Value::Scalar(scalar) => Value::Scalar(scalar),
    }
}

proptest! {
    #[test]
    fn reading_never_panics(text in "([-:{}\\[\\],&*!|>'\"%@` \n\ta-z0-9<~?#.]|\\PC){0,200}") {
        if let Ok(documents) = yaml::documents(&text) {
            for document in documents {
                drop(document.to_json());
            }
        }
    }

    #[test]
    fn what_is_written_reads_back(value in value()) {
        let text = yaml::to_string(&value);
        let documents = yaml::documents(&text).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        let read = documents.first().map_or(Value::Scalar(Scalar::Null), |document| document.root.to_value());
        prop_assert_eq!(sorted(read), sorted(value), "{}", text);
    }
}
