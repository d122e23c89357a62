//! Bodies as the original reads and writes them (spec, section 2.1).

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Every key of the interface that is not all lower case. Keys are matched in any case, as Go does.
const CAMEL_KEYS: &[&str] = &[
    "artifactId",
    "artifactUploadUrl",
    "alertSquad",
    "authorEmail",
    "autoReleases",
    "availablePods",
    "branchRegex",
    "branchRestrictions",
    "buildUrl",
    "committerEmail",
    "committerName",
    "defaultNamespaces",
    "fromEnvironment",
    "highVulnerabilities",
    "jobName",
    "lowVulnerabilities",
    "mediumVulnerabilities",
    "podName",
    "policyIds",
    "previousArtifactId",
    "promotesFrom",
    "releaseBranch",
    "releaseId",
    "releaseIndex",
    "releasedAt",
    "releasedByEmail",
    "releasedByName",
    "resourceType",
    "toEnvironment",
    "observedAt",
    "restartCount",
    "requestId",
    "authorName",
    "jobUrl",
    "dockerVersion",
    "snykVersion",
    "baseImage",
    "shuttleVersion",
    "commitUrl",
    "landedAt",
    "acceptedAt",
    "releaseCommit",
    "nextStep",
    "retryAfter",
    "contentType",
    "rolloutState",
    "desiredPods",
    "enqueuedAt",
    "intentType",
    "runtimeAlerts",
    "expectedWorkloads",
    "queueItem",
    "releasedBy",
    "callerGroups",
    "staticTokens",
    "providerTokens",
];

static CANONICAL: LazyLock<HashMap<String, &'static str>> =
    LazyLock::new(|| CAMEL_KEYS.iter().map(|key| (key.to_ascii_lowercase(), *key)).collect());

/// Reads a body: the first JSON value, which has to be an object, keys in any case, `null` for "not given", unknown
/// fields and bytes after the value ignored.
///
/// # Errors
/// When it is not JSON, a value has a wrong type, or an object says a key twice, be it in another case.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> serde_json::Result<T> {
    let value = go_json::first_value(bytes)?;
    if !value.is_object() {
        // Serde would read a list as the fields in their order.
        return Err(serde::de::Error::custom("the body is not a JSON object"));
    }
    serde_json::from_value(fold_keys(value)?)
}

/// Writes a body with Go's escapes and its final line break.
///
/// # Errors
/// When the value cannot be written as JSON.
pub fn encode<T: Serialize + ?Sized>(value: &T) -> serde_json::Result<Vec<u8>> {
    go_json::to_line(value)
}

fn fold_keys(value: Value) -> serde_json::Result<Value> {
    Ok(match value {
        Value::Object(object) => {
            let mut folded = Map::new();
            for (key, value) in object.into_iter().filter(|(_, value)| !value.is_null()) {
                let lower = key.to_ascii_lowercase();
                // An artifact has its own reading, with its own keys.
                let value =
                    if lower == "artifact" || lower == "artifacts" { value } else { fold_keys(value)? };
                let name = CANONICAL.get(&lower).copied().unwrap_or(&lower);
                go_json::insert_once::<serde_json::Error>(&mut folded, name, value)?;
            }
            Value::Object(folded)
        }
        Value::Array(items) => Value::Array(items.into_iter().map(fold_keys).collect::<Result<_, _>>()?),
        other => other,
    })
}

/// Reads an artifact inside a body, with the leniency of the API.
pub(crate) mod artifact_field {
    use artifact::ArtifactSpec;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer};
    use serde_json::value::RawValue;

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ArtifactSpec, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        read(&value).map_err(D::Error::custom)
    }

    pub(crate) fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<ArtifactSpec>, D::Error> {
        let values = Vec::<serde_json::Value>::deserialize(deserializer)?;
        values.iter().map(read).collect::<Result<_, _>>().map_err(D::Error::custom)
    }

    fn read(value: &serde_json::Value) -> Result<ArtifactSpec, String> {
        let raw: Box<RawValue> = serde_json::value::to_raw_value(value).map_err(|error| error.to_string())?;
        artifact::decode_leniently(raw.get().as_bytes()).map_err(|error| explain::chain(&error).join(": "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CreateArtifactRequest, ReleaseRequest};

    #[test]
    fn keys_match_in_any_case_and_the_rest_is_ignored() {
        let body = br#"{"SERVICE":"billing","Environment":"dev","artifactid":"a-1","x":[1],"intent":{"TYPE":"Promote","PROMOTE":{"fromenvironment":"dev"}}} trailing"#;
        let request: ReleaseRequest = decode(body).unwrap();
        assert_eq!((request.service.as_str(), request.artifact_id.as_str()), ("billing", "a-1"));
        assert_eq!(request.intent.promote.from_environment, "dev");
    }

    #[test]
    fn an_artifact_inside_a_body_is_read_leniently_but_known_stages_need_data() {
        let request: CreateArtifactRequest =
            decode(br#"{"artifact":{"id":"a","application":{"AuthorName":"Bo","x":1}},"md5":"m"}"#).unwrap();
        assert_eq!(request.artifact.application.author_name, "Bo");
        assert!(decode::<CreateArtifactRequest>(br#"{"artifact":{"stages":[{"id":"build"}]}}"#).is_err());
    }

    #[test]
    fn a_body_that_says_a_key_twice_is_refused_in_whatever_case() {
        for body in [
            r#"{"environment":"dev","environment":"prod"}"#,
            r#"{"environment":"dev","ENVIRONMENT":"prod"}"#,
            r#"{"ENVIRONMENT":"prod","environment":"dev"}"#,
            r#"{"artifactId":"a","ArtifactID":"b"}"#,
            r#"{"intent":{"promote":{"fromEnvironment":"dev","fromenvironment":"prod"}}}"#,
            r#"{"intent":{"type":"Promote"},"intent":{"type":"Rollback"}}"#,
        ] {
            let said = decode::<ReleaseRequest>(body.as_bytes()).unwrap_err().to_string();
            assert!(said.contains("` is there twice"), "{body}: {said}");
        }
        let request: ReleaseRequest = decode(br#"{"environment":"dev","Environment":null}"#).unwrap();
        assert_eq!(request.environment, "dev", "null says nothing");
        let artifact = br#"{"artifact":{"id":"a","ID":"b"},"md5":"m"}"#;
        assert!(decode::<CreateArtifactRequest>(artifact).is_err());
    }

    #[test]
    fn wrong_types_and_non_json_are_errors() {
        for body in ["", "{", r#"{"service":3}"#, "[]x"] {
            assert!(decode::<ReleaseRequest>(body.as_bytes()).is_err(), "{body}");
        }
    }
}
