//! What S3 writes into its queue.

use artifact::{ArtifactId, ServiceName};
use serde::Deserialize;

use crate::key::Naming;

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

/// The artifacts a message tells of. Keys that are no artifacts are left out, and a message without records, such as
/// the one S3 sends to try a queue, tells of none.
pub(super) fn artifacts(message: &str) -> serde_json::Result<Vec<(ServiceName, ArtifactId)>> {
    let event: Event = serde_json::from_str(message)?;
    Ok(event
        .records
        .iter()
        .filter_map(|record| {
            let key = decoded(&record.s3.object.key);
            let found = key.as_deref().and_then(|key| Naming::Plain.parse(key));
            if found.is_none() {
                tracing::info!(key = record.s3.object.key, "an object in the bucket is no artifact");
            }
            found
        })
        .collect())
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

    fn read(key: &str) -> Vec<String> {
        let message = serde_json::json!({"Records": [{"s3": {"object": {"key": key, "size": 1}}}]});
        artifacts(&message.to_string())
            .unwrap()
            .iter()
            .map(|(service, id)| format!("{service} {id}"))
            .collect()
    }

    #[test]
    fn keys_are_decoded_before_they_are_split() {
        for (key, expected) in [
            ("billing/master-1", "billing master-1"),
            ("billing%2Fmaster-1", "billing master-1"),
            ("billing/a%2Bb%23c-1", "billing a+b#c-1"),
            ("billing/a%3Db%26c", "billing a=b&c"),
        ] {
            assert_eq!(read(key), [expected], "{key}");
        }
    }

    #[test]
    fn other_objects_and_other_messages_tell_of_nothing() {
        for key in ["billing", "a/b/c", "a+b/c", "billing/%FF", "../x"] {
            assert_eq!(read(key), Vec::<String>::new(), "{key}");
        }
        assert!(artifacts(r#"{"Service":"Amazon S3","Event":"s3:TestEvent"}"#).unwrap().is_empty());
        assert!(artifacts("no json").is_err());
    }
}
