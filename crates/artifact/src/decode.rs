//! Reading `artifact.json`: strict at the outer levels, lenient inside stages (spec, section 3.1).

use std::borrow::Cow;

use explain::{Explain, Kind};
use serde_json::{Map, Value};

use crate::ArtifactSpec;

/// Why a text is not an `artifact.json`.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// A field that no version of the file has.
    #[error("artifact contains unknown fields: `{field}`")]
    UnknownField {
        /// Its path, such as `application.brnch`.
        field: String,
    },
    /// Not JSON, cut short, or a value of a wrong type.
    #[error("artifact not parsable")]
    NotParsable(#[source] serde_json::Error),
}

impl Explain for DecodeError {
    fn kind(&self) -> Kind {
        Kind::Invalid
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::UnknownField { field } => format!("remove `{field}` from artifact.json").into(),
            Self::NotParsable(_) => "write the file anew with `artifact init`".into(),
        }
    }
}

/// The fields of one object of the file, and the objects inside it that are strict too.
struct Shape {
    fields: &'static [&'static str],
    inner: &'static [(&'static str, &'static Shape)],
}

const ROOT: Shape = Shape {
    fields: &["id", "service", "namespace", "application", "ci", "squad", "shuttle", "stages"],
    inner: &[("application", &REPOSITORY), ("ci", &CI), ("shuttle", &SHUTTLE)],
};
const REPOSITORY: Shape = Shape {
    fields: &[
        "branch",
        "sha",
        "authorName",
        "authorEmail",
        "committerName",
        "committerEmail",
        "message",
        "name",
        "url",
        "provider",
    ],
    inner: &[],
};
const CI: Shape = Shape { fields: &["jobUrl", "start", "end"], inner: &[] };
const SHUTTLE: Shape = Shape { fields: &["plan", "shuttleVersion"], inner: &[("plan", &REPOSITORY)] };

/// Reads the file as CI steps, the store and the config repository do: unknown fields are refused, key case is
/// ignored, bytes after the first value too.
///
/// # Errors
/// When it is not JSON of this shape, holds unknown fields, or says one twice.
pub fn decode(bytes: &[u8]) -> Result<ArtifactSpec, DecodeError> {
    read(bytes, true)
}

/// Reads the file as the HTTP API does: unknown fields are ignored.
///
/// # Errors
/// When it is not JSON of this shape, or says a field twice.
pub fn decode_leniently(bytes: &[u8]) -> Result<ArtifactSpec, DecodeError> {
    read(bytes, false)
}

fn read(bytes: &[u8], strict: bool) -> Result<ArtifactSpec, DecodeError> {
    let value = go_json::first_value(bytes).map_err(DecodeError::NotParsable)?;
    let value = fit(value, &ROOT, "", strict)?;
    serde_json::from_value(value).map_err(DecodeError::NotParsable)
}

/// Writes keys in their declared case, drops `null`s as Go does, and refuses unknown keys when `strict`.
fn fit(value: Value, shape: &Shape, path: &str, strict: bool) -> Result<Value, DecodeError> {
    let Value::Object(object) = value else {
        let place = if path.is_empty() { "the file" } else { path.trim_end_matches('.') };
        return Err(DecodeError::NotParsable(serde::de::Error::custom(format!("{place} is not an object"))));
    };
    let mut fitted = Map::new();
    for (key, value) in object {
        let Some(field) = shape.fields.iter().find(|field| field.eq_ignore_ascii_case(&key)) else {
            if strict {
                return Err(DecodeError::UnknownField { field: format!("{path}{key}") });
            }
            continue;
        };
        if value.is_null() {
            continue;
        }
        let value = match shape.inner.iter().find(|(name, _)| name == field) {
            Some((name, inner)) => fit(value, inner, &format!("{path}{name}."), strict)?,
            None => value,
        };
        go_json::insert_once(&mut fitted, field, value).map_err(DecodeError::NotParsable)?;
    }
    Ok(Value::Object(fitted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StageData;

    fn message(text: &str) -> String {
        explain::chain(&decode(text.as_bytes()).unwrap_err()).join(": ")
    }

    #[test]
    fn unknown_fields_are_named_at_every_strict_level() {
        for (text, field) in [
            (r#"{"x":1}"#, "x"),
            (r#"{"application":{"brnch":""}}"#, "application.brnch"),
            (r#"{"ci":{"x":1}}"#, "ci.x"),
            (r#"{"shuttle":{"plan":{"y":1}}}"#, "shuttle.plan.y"),
        ] {
            assert_eq!(message(text), format!("artifact contains unknown fields: `{field}`"));
            assert!(decode_leniently(text.as_bytes()).is_ok(), "{text}");
        }
    }

    #[test]
    fn stages_are_lenient_but_known_ones_need_data() {
        let spec = decode(
            br#"{"stages":[{"id":"build","name":"Build","data":{"image":"i","x":1}},{"id":"sbom","data":{"a":[1]}},{"id":"test","data":null}]}"#,
        )
        .unwrap();
        assert!(matches!(&spec.stages[0].data, StageData::Build(image) if image.image == "i"));
        let file = String::from_utf8(spec.to_file().unwrap()).unwrap();
        assert!(
            file.contains("\"sbom\"") && file.contains("\"a\""),
            "unknown stages keep their data: {file}"
        );
        assert!(message(r#"{"stages":[{"id":"build"}]}"#).starts_with("artifact not parsable"));
    }

    #[test]
    fn what_is_not_the_file_is_an_error() {
        for text in ["", "{", "[]", "3", r#"{"id":3}"#, r#"{"ci":{"start":"soon"}}"#, "\0"] {
            assert!(message(text).starts_with("artifact not parsable"), "{text:?}");
        }
    }

    #[test]
    fn key_case_nulls_and_trailing_bytes_do_not_matter() {
        let spec = decode(br#"{"ID":"a","Application":{"AUTHORNAME":"Bo"},"squad":null} garbage"#).unwrap();
        assert_eq!((spec.id.as_str(), spec.application.author_name.as_str()), ("a", "Bo"));
    }

    #[test]
    fn a_field_that_is_said_twice_is_refused_in_whatever_case() {
        for (text, field) in [
            (r#"{"id":"a","id":"b"}"#, "id"),
            (r#"{"id":"a","ID":"b"}"#, "id"),
            (r#"{"application":{"branch":"master","Branch":"hotfix"}}"#, "branch"),
            (r#"{"Application":{"branch":"master"},"application":{"sha":"1"}}"#, "application"),
        ] {
            let said = message(text);
            assert!(said.contains(&format!("the key `{field}` is there twice")), "{text}: {said}");
            assert!(decode_leniently(text.as_bytes()).is_err(), "{text}");
        }
        let spec = decode(br#"{"stages":[{"id":"sbom","data":{"a":1,"A":2}}]}"#).unwrap();
        let file = String::from_utf8(spec.to_file().unwrap()).unwrap();
        assert!(file.contains("\"a\"") && file.contains("\"A\""), "data of others is theirs: {file}");
    }

    #[test]
    fn a_file_survives_reading_and_writing() {
        let text = include_str!("../testdata/full.json");
        let spec = decode(text.as_bytes()).unwrap();
        assert_eq!(String::from_utf8(spec.to_file().unwrap()).unwrap(), text);
    }

    #[test]
    fn an_empty_spec_has_the_parts_that_are_always_there() {
        let text = String::from_utf8(go_json::to_line(&ArtifactSpec::default()).unwrap()).unwrap();
        assert_eq!(
            text,
            "{\"application\":{},\"ci\":{\"start\":\"0001-01-01T00:00:00Z\",\"end\":\"0001-01-01T00:00:00Z\"},\"shuttle\":{\"plan\":{}}}\n"
        );
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            if let Ok(spec) = decode(&bytes) {
                assert_eq!(decode(&spec.to_file().unwrap()).unwrap(), spec);
            }
        }
    }
}
