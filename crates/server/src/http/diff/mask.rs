//! What nobody may read in a difference: the values of Kubernetes secrets.
//!
//! A document with a secret in it is written anew from what it means, its values replaced by marks, so that no way of
//! writing YAML lets a value through; one that cannot be read and may hold a secret is not shown at all. A value that
//! differs from the one that runs is marked as such, and more is not told.

use std::collections::HashMap;

use yaml::{Content, Node, Scalar, Value};

/// The fields of a secret that hold values.
const FIELDS: [&str; 2] = ["data", "stringData"];

/// The fields of a secret that hold none. What else stands in one is hidden: an anchor there can be a value.
const PLAIN: [&str; 4] = ["apiVersion", "kind", "type", "immutable"];

/// Where tools keep a copy of a whole object, values included.
const COPY: &str = "kubectl.kubernetes.io/last-applied-configuration";

const SAME: &str = "***";
const CHANGED: &str = "*** (changed)";
const UNREADABLE: &str = "# not shown: it may hold a secret, and cannot be read as YAML\n";

/// Namespace, name, field, key.
type Place = [String; 4];

/// The values of the secrets that run, to tell which would change.
pub(super) struct Masks {
    running: HashMap<Place, Value>,
}

impl Masks {
    /// Remembers the secrets in the files that run.
    pub(super) fn of<'t>(running: impl Iterator<Item = &'t str>) -> Self {
        let mut values = HashMap::new();
        for text in running.filter(|text| may_hold_a_secret(text)) {
            for document in yaml::documents(text).unwrap_or_default() {
                secrets(&document.root, &mut |place, value| {
                    values.insert(place, value.to_value());
                });
            }
        }
        Self { running: values }
    }

    /// A file that runs.
    pub(super) fn before(&self, text: &str) -> String {
        masked(text, &|_, _| SAME)
    }

    /// A file that would run.
    pub(super) fn after(&self, text: &str) -> String {
        masked(text, &|place, value| match self.running.get(place) {
            Some(running) if *running != value.to_value() => CHANGED,
            Some(_) | None => SAME,
        })
    }
}

/// A quick look, so that other files stay as they were written. An escape (`"\x53ecret"`) can hide the word.
fn may_hold_a_secret(text: &str) -> bool {
    text.contains("Secret") || text.contains('\\')
}

fn masked(text: &str, mark: &dyn Fn(&Place, &Node) -> &'static str) -> String {
    if !may_hold_a_secret(text) {
        return text.to_owned();
    }
    let Ok(documents) = yaml::documents(text) else {
        return if text.contains("Secret") { UNREADABLE.to_owned() } else { text.to_owned() };
    };
    let mut found = false;
    for document in &documents {
        secrets(&document.root, &mut |_, _| found = true);
        found |= holds_secret(&document.root);
    }
    if !found {
        return text.to_owned();
    }
    let written = documents.iter().map(|document| yaml::to_string(&without_values(&document.root, mark)));
    written.collect::<Vec<_>>().join("---\n")
}

fn is_secret(node: &Node) -> bool {
    is_kind(node, "Secret")
}

fn is_kind(node: &Node, kind: &str) -> bool {
    node.field("kind").and_then(Node::written) == Some(kind)
}

fn holds_secret(node: &Node) -> bool {
    is_secret(node)
        || is_kind(node, "SecretList")
        || node.field("items").and_then(Node::items).is_some_and(|items| items.iter().any(holds_secret))
}

/// Tells every value of every secret in a document, those in a `List` included.
fn secrets(node: &Node, tell: &mut dyn FnMut(Place, &Node)) {
    if is_secret(node) {
        for field in FIELDS {
            for (key, value) in node.field(field).and_then(Node::entries).unwrap_or_default() {
                tell(place(node, field, key), value);
            }
        }
    }
    for item in node.field("items").and_then(Node::items).unwrap_or_default() {
        secrets(item, tell);
    }
}

fn place(secret: &Node, field: &str, key: &Node) -> Place {
    let metadata = |name: &str| {
        let value = secret.field("metadata").and_then(|metadata| metadata.field(name));
        value.and_then(Node::written).unwrap_or_default().to_owned()
    };
    [metadata("namespace"), metadata("name"), field.to_owned(), key.written().unwrap_or_default().to_owned()]
}

fn without_values(node: &Node, mark: &dyn Fn(&Place, &Node) -> &'static str) -> Value {
    let Some(entries) = node.entries() else { return node.to_value() };
    let secret = is_secret(node);
    let entries = entries.iter().map(|(key, value)| {
        let name = key.written().unwrap_or_default();
        let value = match name {
            _ if secret && FIELDS.contains(&name) => values(node, name, value, mark),
            "metadata" if secret => without_copy(value),
            _ if secret && !PLAIN.contains(&name) => text(SAME),
            // Its items need not say what they are.
            "items" if is_kind(node, "SecretList") => text(SAME),
            "items" => match value.items() {
                Some(items) => Value::List(items.iter().map(|item| without_values(item, mark)).collect()),
                None => value.to_value(),
            },
            _ => value.to_value(),
        };
        (key.to_value(), value)
    });
    Value::Map(entries.collect())
}

/// The values of one field; a field that is no mapping is no secret the cluster takes, and is hidden as a whole.
fn values(secret: &Node, field: &str, values: &Node, mark: &dyn Fn(&Place, &Node) -> &'static str) -> Value {
    match values.entries() {
        Some(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| (key.to_value(), text(mark(&place(secret, field, key), value))));
            Value::Map(entries.collect())
        }
        None if values.is_null() => values.to_value(),
        None => text(SAME),
    }
}

fn without_copy(metadata: &Node) -> Value {
    let is_copy = |key: &Node| key.written() == Some(COPY);
    let hide = |annotations: &Node| match annotations.entries() {
        Some(entries) => Value::Map(
            entries
                .iter()
                .map(|(key, value)| {
                    (key.to_value(), if is_copy(key) { text(SAME) } else { value.to_value() })
                })
                .collect(),
        ),
        None => annotations.to_value(),
    };
    match &metadata.content {
        Content::Map(entries) => Value::Map(
            entries
                .iter()
                .map(|(key, value)| {
                    let annotations = key.written() == Some("annotations");
                    (key.to_value(), if annotations { hide(value) } else { value.to_value() })
                })
                .collect(),
        ),
        Content::List(_) | Content::Scalar { .. } => metadata.to_value(),
    }
}

fn text(text: &str) -> Value {
    Value::Scalar(Scalar::Text(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUNNING: &str = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: '{\"data\":\"hunter1\"}'\ndata:\n  user: aWRh\n  password: aHVudGVyMQ==\n";

    fn after(text: &str) -> String {
        Masks::of([RUNNING].into_iter()).after(text)
    }

    #[test]
    fn values_are_marks_that_tell_only_whether_they_change() {
        let masks = Masks::of([RUNNING].into_iter());
        assert_eq!(
            masks.before(RUNNING),
            "apiVersion: v1\ndata:\n  password: '***'\n  user: '***'\nkind: Secret\nmetadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: '***'\n  name: db\n"
        );
        let new =
            "kind: Secret\nmetadata: {name: db}\ndata: {user: aWRh, password: aHVudGVyMg==, token: eA==}\n";
        assert_eq!(
            masks.after(new),
            "data:\n  password: '*** (changed)'\n  token: '***'\n  user: '***'\nkind: Secret\nmetadata:\n  name: db\n"
        );
    }

    #[test]
    fn no_way_of_writing_lets_a_value_through() {
        for text in [
            "{\"kind\": \"Secret\", \"stringData\": {\"a\": \"hunter2\"}}",
            "kind: \"\\x53ecret\"\nstringData:\n  a: hunter2\n",
            "kind: List\nitems:\n- kind: Secret\n  data: {a: hunter2}\n",
            "a: 1\n---\nkind: Secret\ndata:\n  a: |\n    hunter2\n    more\n",
            "kind: Secret\ndata: hunter2\n",
            "kind: Secret\ndata: [hunter2]\n",
            "kind: Secret\ndata:\n  a: {b: hunter2}\n",
            "x: &v hunter2\nkind: Secret\ndata: {a: *v}\n",
            "kind: Secret\ndata:\n  a: hunter2\n  a: b\n",
            "kind: Secret\n\tdata: hunter2\n",
            "kind: SecretList\nitems:\n- data: {a: hunter2}\n",
            "kind: !!str Secret\ndata:\n  a: hunter2 # hunter2\n",
        ] {
            let shown = after(text);
            assert!(!shown.contains("hunter2"), "{text}\n{shown}");
        }
    }

    #[test]
    fn everything_else_stays_as_it_was_written() {
        for text in [
            "# a comment\nkind:   ConfigMap\ndata: {a: 'x'}\n",
            "kind: SecretStore\nspec: { a:  1 }\n",
            "not: [yaml",
        ] {
            assert_eq!(after(text), text);
        }
    }
}
