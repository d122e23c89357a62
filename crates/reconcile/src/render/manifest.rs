//! One file, and the objects in it.

use serde_json::{Map, Value, value::to_raw_value};
use yaml::{Document, Node};

use crate::name::{ENVIRONMENT_LABEL, Environment, UNIT_ANNOTATION, UnitName};
use crate::object::{GroupKind, Manifest, Place, fingerprint};
use crate::problem::Problem;
use crate::render::SourceFile;

/// All objects of a file, or all its problems.
pub(super) fn read(
    environment: &Environment,
    unit: &UnitName,
    file: &SourceFile,
) -> Result<Vec<Manifest>, Vec<Problem>> {
    let place = |line| Place { file: file.path.as_str().into(), line };
    let text = std::str::from_utf8(&file.bytes)
        .map_err(|_| vec![Problem::at(place(1), "the file is not UTF-8 text")])?;
    let documents = yaml::documents(text)
        .map_err(|error| vec![Problem::at(place(error.line()), error.problem.to_string())])?;
    let mut manifests = Vec::new();
    let mut problems = Vec::new();
    for node in documents.iter().flat_map(objects) {
        match manifest(environment, unit, node, place(node.position.line)) {
            Ok(manifest) => manifests.push(manifest),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(manifests) } else { Err(problems) }
}

/// The objects of a document: itself, or the items of a `List`.
fn objects(document: &Document) -> Vec<&Node> {
    let is_list = document.root.field("kind").and_then(Node::written).is_some_and(|kind| kind == "List");
    match document.root.field("items").and_then(Node::items) {
        Some(items) if is_list => items.iter().collect(),
        _ => vec![&document.root],
    }
}

fn manifest(
    environment: &Environment,
    unit: &UnitName,
    node: &Node,
    place: Place,
) -> Result<Manifest, Problem> {
    let wrong = |message: &str| Problem::at(place.clone(), message);
    let mut body = match node.to_json() {
        Ok(Value::Object(body)) => body,
        Ok(_) => return Err(wrong("this is no Kubernetes object: it is not a map")),
        Err(error) => {
            let place = Place { line: error.line(), ..place };
            return Err(Problem::at(place, error.problem.to_string()));
        }
    };
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let (api_version, kind) = (text(body.get("apiVersion")), text(body.get("kind")));
    if api_version.is_empty() || kind.is_empty() {
        return Err(wrong("the object has no apiVersion or no kind"));
    }
    if api_version.starts_with("kustomize.config.k8s.io/") {
        return Err(wrong("kustomization files are not built here: store the rendered objects"));
    }
    if body.get("sops").is_some_and(|sops| sops.get("mac").is_some()) {
        return Err(wrong("the object is encrypted, and there is no key to decrypt it"));
    }
    let (group, version) = api_version.split_once('/').unwrap_or(("", &api_version));
    let kind = GroupKind::new(group, &kind);
    let Some(Value::Object(metadata)) = body.get_mut("metadata") else {
        return Err(wrong(&format!("the {kind} has no metadata")));
    };
    if metadata.get("name").is_some_and(|name| !name.is_string()) {
        return Err(wrong(&format!("metadata.name of the {kind} is not a string: quote it")));
    }
    let name = text(metadata.get("name"));
    if name.is_empty() || name.contains('/') {
        return Err(wrong(&format!("the {kind} has no valid metadata.name")));
    }
    let namespace = match text(metadata.remove("namespace").as_ref()) {
        namespace if namespace.is_empty() => None,
        namespace if namespace.contains('/') => return Err(wrong("metadata.namespace is no valid name")),
        namespace => Some(namespace.into()),
    };
    let labels = mark(metadata, "labels", ENVIRONMENT_LABEL, environment.as_str());
    let annotations = mark(metadata, "annotations", UNIT_ANNOTATION, unit.as_str());
    // What the server keeps about an object has no place in a file that came out of `kubectl get`.
    for field in ["managedFields", "resourceVersion", "uid", "creationTimestamp", "generation", "selfLink"] {
        metadata.remove(field);
    }
    body.remove("status");
    let (labels, annotations) =
        (labels.map_err(|message| wrong(&message))?, annotations.map_err(|message| wrong(&message))?);
    let raw = to_raw_value(&body).map_err(|error| wrong(&error.to_string()))?;
    Ok(Manifest {
        fingerprint: fingerprint(version, &raw),
        kind,
        version: version.into(),
        namespace,
        name: name.into(),
        place,
        labels,
        annotations,
        body: raw,
    })
}

type Pairs = Vec<(Box<str>, Box<str>)>;

/// Adds our own mark to the labels or annotations, and returns all of them.
fn mark(metadata: &mut Map<String, Value>, field: &str, key: &str, value: &str) -> Result<Pairs, String> {
    let entry = metadata.entry(field).or_insert(Value::Null);
    if entry.is_null() {
        *entry = Value::Object(Map::new());
    }
    let Value::Object(map) = entry else { return Err(format!("metadata.{field} is not a map")) };
    map.insert(key.to_owned(), value.into());
    map.iter()
        .map(|(key, value)| match value {
            Value::String(value) => Ok((key.as_str().into(), value.as_str().into())),
            // The server takes null for "not set".
            Value::Null => Ok((key.as_str().into(), "".into())),
            _ => Err(format!("metadata.{field}.{key} is not a string: quote it")),
        })
        .collect()
}
