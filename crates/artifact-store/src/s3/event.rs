//! What S3 writes into its queue.

use artifact::{ArtifactId, ServiceName};
use serde::Deserialize;

use crate::key::{Naming, parse_upload};

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "Records", default)]
    records: Vec<Record>,
}

#[derive(Deserialize)]
struct Record {
    s3: Entity,
}

#[derive(Deserialize)]
struct Entity {
    object: Object,
}

#[derive(Deserialize)]
struct Object {
    key: String,
}

/// What a message tells of.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Artifacts that are there.
    pub artifacts: Vec<(ServiceName, ArtifactId)>,
    /// Artifacts that were uploaded and wait to be taken in.
    pub uploads: Vec<(ServiceName, ArtifactId)>,
}

/// Reads a message. Keys that are neither are left out, and a message without records, such as the one S3 sends to try a
/// queue, tells of nothing.
///
/// # Errors
/// When it is not JSON, or its records are none of S3's.
pub fn read_message(message: &str) -> serde_json::Result<Told> {
    let event: Event = serde_json::from_str(message)?;
    let mut told = Told::default();
    for record in &event.records {
        let key = decoded(&record.s3.object.key).unwrap_or_default();
        if let Some(upload) = parse_upload(&key) {
            told.uploads.push(upload);
        } else if let Some(artifact) = Naming::Plain.parse(&key) {
            told.artifacts.push(artifact);
        } else {
            tracing::info!(key = record.s3.object.key, "an object in the bucket is no artifact");
        }
    }
    Ok(told)
}

/// Keys are encoded like a form: `+` for a blank, `%XX` for a byte.
fn decoded(key: &str) -> Option<String> {
    url::form_urlencoded::parse(format!("k={}", key.replace('&', "%26").replace('=', "%3D")).as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .filter(|key| !key.contains('\u{fffd}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(key: &str) -> Told {
        let message = serde_json::json!({"Records": [{"s3": {"object": {"key": key, "size": 1}}}]});
        read_message(&message.to_string()).unwrap()
    }

    fn named(artifacts: &[(ServiceName, ArtifactId)]) -> Vec<String> {
        artifacts.iter().map(|(service, id)| format!("{service} {id}")).collect()
    }

    #[test]
    fn keys_are_decoded_before_they_are_split() {
        for (key, expected) in [
            ("billing/master-1", "billing master-1"),
            ("billing%2Fmaster-1", "billing master-1"),
            ("billing/a%2Bb%23c-1", "billing a+b#c-1"),
            ("billing/a%3Db%26c", "billing a=b&c"),
        ] {
            assert_eq!(named(&told(key).artifacts), [expected], "{key}");
            let staged = told(&format!(".uploads/{key}/0f"));
            assert_eq!(
                (named(&staged.uploads), staged.artifacts),
                (vec![expected.to_owned()], vec![]),
                "{key}"
            );
        }
    }

    #[test]
    fn other_objects_and_other_messages_tell_of_nothing() {
        for key in ["billing", "a/b/c", "a+b/c", "billing/%FF", "../x"] {
            assert_eq!(told(key), Told::default(), "{key}");
        }
        assert_eq!(
            read_message(r#"{"Service":"Amazon S3","Event":"s3:TestEvent"}"#).unwrap(),
            Told::default()
        );
        assert!(read_message("no json").is_err());
    }
}
