//! From bytes of somebody else to a value that everybody reads alike.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// The first JSON value of a text; what comes after it is ignored, as by Go.
///
/// An object that says a key twice is refused: of two values Go takes the last or mixes both, and others the first, so
/// whoever checked the text may have checked another one.
///
/// # Errors
/// When it is not JSON, or says a key twice.
pub fn first_value(bytes: &[u8]) -> serde_json::Result<Value> {
    Unambiguous.deserialize(&mut serde_json::Deserializer::from_slice(bytes))
}

/// Puts a field under its name, unless it is there: two keys may differ in case and be one field to Go.
///
/// # Errors
/// When it is there.
pub fn insert_once<E: Error>(fields: &mut Map<String, Value>, name: &str, value: Value) -> Result<(), E> {
    match fields.insert(name.to_owned(), value) {
        None => Ok(()),
        Some(_) => Err(E::custom(format_args!("the key `{name}` is there twice"))),
    }
}

/// Reads any value.
struct Unambiguous;

impl<'de> DeserializeSeed<'de> for Unambiguous {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Unambiguous {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Self)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut fields = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(Self)?;
            insert_once(&mut fields, &key, value)?;
        }
        Ok(Value::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_the_one_that_serde_reads_and_the_rest_is_ignored() {
        for text in [
            "null",
            "true",
            "-3",
            "18446744073709551615",
            "1.5e3",
            r#""\ud83d\ude00\n""#,
            "[]",
            r#"[1,{"a":[]}]"#,
        ] {
            let expected: Value = serde_json::from_str(text).unwrap();
            assert_eq!(first_value(format!(" {text} trailing").as_bytes()).unwrap(), expected, "{text}");
        }
        for text in ["", "{", "nul", r#"{"a"}"#, "\u{feff}1"] {
            assert!(first_value(text.as_bytes()).is_err(), "{text:?}");
        }
        assert!(first_value("[".repeat(1_000_000).as_bytes()).is_err(), "no depth ends the process");
    }

    #[test]
    fn a_key_that_comes_twice_is_named_wherever_it_is() {
        for text in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":null,"b":2,"a":1}"#,
            r#"[{"b":{"a":{},"a":{}}}]"#,
            r#"{"a":1,"\u0061":2}"#,
        ] {
            let said = first_value(text.as_bytes()).unwrap_err().to_string();
            assert!(said.starts_with("the key `a` is there twice at line 1 column "), "{text}: {said}");
        }
        assert!(first_value(br#"{"a":1,"A":{"a":2}}"#).is_ok(), "other keys, until somebody folds them");
    }
}
