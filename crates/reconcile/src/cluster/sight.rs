//! From an object of the API server to the little that we keep of it.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use kube::api::{DynamicObject, ObjectMeta};
use kube_status::{Health, Observe, kind_of};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::catalog::Resource;
use crate::fault::{Fault, FaultKind};
use crate::live::{Live, Pairs, ResourceVersion};
use crate::name::{PRUNE_ANNOTATION, UNIT_ANNOTATION};
use crate::object::{GroupKind, ObjectRef};

/// The metadata of an answer.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Metadata {
    name: String,
    uid: String,
    resource_version: String,
    generation: Option<i64>,
    deletion_timestamp: Option<String>,
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct WithMetadata {
    metadata: Metadata,
}

impl Metadata {
    pub(super) fn read(answer: &[u8]) -> Result<Self, Fault> {
        let read = serde_json::from_slice::<WithMetadata>(answer);
        read.map(|object| object.metadata).map_err(|error| {
            Fault::new(FaultKind::Server, format!("the API server's answer cannot be read: {error}"))
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn uid(&self) -> &str {
        &self.uid
    }

    pub(super) fn resource_version(&self) -> &str {
        &self.resource_version
    }

    pub(super) fn annotation(&self, key: &str) -> Option<&str> {
        self.annotations.get(key).map(String::as_str)
    }

    /// An object that we have just written. Its status says nothing about what was written.
    pub(super) fn into_live(self, kind: &GroupKind) -> Live {
        let health = match kind_of(&kind.group, &kind.kind).observe {
            Observe::Existence => Health::Current,
            Observe::Status => Health::InProgress("it has only just been applied".into()),
        };
        let is_terminating = self.deletion_timestamp.is_some();
        Live {
            unit: self.annotation(UNIT_ANNOTATION).and_then(|unit| unit.parse().ok()),
            prune_disabled: self.annotation(PRUNE_ANNOTATION) == Some("disabled"),
            uid: self.uid.into(),
            resource_version: version(&self.resource_version),
            generation: self.generation,
            content: None,
            terminating: is_terminating,
            health: if is_terminating { Health::Terminating } else { health },
            labels: pairs(self.labels),
            annotations: pairs(self.annotations),
        }
    }
}

impl From<ObjectMeta> for Metadata {
    fn from(metadata: ObjectMeta) -> Self {
        Self {
            name: metadata.name.unwrap_or_default(),
            uid: metadata.uid.unwrap_or_default(),
            resource_version: metadata.resource_version.unwrap_or_default(),
            generation: metadata.generation,
            deletion_timestamp: metadata.deletion_timestamp.map(|time| time.0.to_string()),
            labels: metadata.labels.unwrap_or_default(),
            annotations: metadata.annotations.unwrap_or_default(),
        }
    }
}

/// An object of which only the metadata is watched.
pub(super) fn of_metadata(kind: &GroupKind, metadata: ObjectMeta) -> (ObjectRef, Live) {
    let object = object_ref(kind, &metadata);
    (object, Metadata::from(metadata).into_live(kind))
}

/// An object that is watched as a whole.
pub(super) fn of_whole(resource: &Resource, mut whole: DynamicObject) -> (ObjectRef, Live) {
    whole.metadata.managed_fields = None;
    let object = object_ref(&resource.kind, &whole.metadata);
    let json = json_of(resource, &whole);
    let mut live = Metadata::from(whole.metadata).into_live(&resource.kind);
    live.health = kube_status::health(&json);
    live.content = Some(content(&whole.data));
    (object, live)
}

/// An object of a watch as JSON. The items of a list do not say what they are.
pub(super) fn json_of(resource: &Resource, object: &DynamicObject) -> Value {
    let version = resource.versions.first().map_or("v1", |version| version);
    let api_version = match &*resource.kind.group {
        "" => version.to_owned(),
        group => format!("{group}/{version}"),
    };
    let mut fields = match &object.data {
        Value::Object(fields) => fields.clone(),
        _ => Map::new(),
    };
    fields.insert("apiVersion".into(), api_version.into());
    fields.insert("kind".into(), (*resource.kind.kind).into());
    fields.insert("metadata".into(), serde_json::to_value(&object.metadata).unwrap_or_default());
    Value::Object(fields)
}

pub(super) fn object_ref(kind: &GroupKind, metadata: &ObjectMeta) -> ObjectRef {
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    ObjectRef::new(kind.clone(), &text(&metadata.namespace), &text(&metadata.name))
}

pub(super) fn version(text: &str) -> ResourceVersion {
    // Every server but a few aggregated ones counts; there, only deletes and generations are noticed.
    text.parse().unwrap_or_default()
}

fn content(data: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    for (name, value) in data.as_object().into_iter().flatten() {
        if !matches!(name.as_str(), "status" | "apiVersion" | "kind") {
            (name, value).hash(&mut hasher);
        }
    }
    hasher.finish()
}

fn pairs(map: BTreeMap<String, String>) -> Pairs {
    map.into_iter().map(|(key, value)| (key.into(), value.into())).collect()
}
