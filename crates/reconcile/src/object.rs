//! What an object is known by, and what we want it to be.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::value::RawValue;

/// The kind of an object, whatever its version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupKind {
    /// The API group; empty for the core group.
    pub group: Box<str>,
    /// The kind.
    pub kind: Box<str>,
}

impl GroupKind {
    /// A kind of a group.
    #[must_use]
    pub fn new(group: &str, kind: &str) -> Self {
        Self { group: group.into(), kind: kind.into() }
    }

    /// Its place in the order of applying.
    #[must_use]
    pub fn order(&self) -> usize {
        kube_status::kind_of(&self.group, &self.kind).order()
    }

    /// Whether it is this kind.
    #[must_use]
    pub fn is(&self, group: &str, kind: &str) -> bool {
        &*self.group == group && &*self.kind == kind
    }
}

impl fmt::Display for GroupKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.group.is_empty() {
            f.write_str(&self.kind)
        } else {
            write!(f, "{}.{}", self.kind, self.group)
        }
    }
}

/// The identity of an object in a cluster. A version is no part of it, so that a new version of an API is not a
/// new object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectRef {
    /// Its kind.
    pub kind: GroupKind,
    /// Its namespace; empty for kinds that live outside of namespaces.
    pub namespace: Box<str>,
    /// Its name.
    pub name: Box<str>,
}

impl ObjectRef {
    /// An object of a kind; an empty namespace for kinds that live outside of namespaces.
    #[must_use]
    pub fn new(kind: GroupKind, namespace: &str, name: &str) -> Self {
        Self { kind, namespace: namespace.into(), name: name.into() }
    }

    /// One line that [`Self::from_line`] reads back: `group/kind/namespace/name`. None of the four can hold a `/`.
    #[must_use]
    pub fn to_line(&self) -> String {
        format!("{}/{}/{}/{}", self.kind.group, self.kind.kind, self.namespace, self.name)
    }

    /// The object a line of [`Self::to_line`] stands for.
    #[must_use]
    pub fn from_line(line: &str) -> Option<Self> {
        let parts: Vec<&str> = line.split('/').collect();
        let [group, kind, namespace, name] = parts[..] else { return None };
        let whole = !kind.is_empty() && !name.is_empty();
        whole.then(|| Self::new(GroupKind::new(group, kind), namespace, name))
    }
}

impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.namespace.is_empty() {
            write!(f, "{} {}", self.kind, self.name)
        } else {
            write!(f, "{} {}/{}", self.kind, self.namespace, self.name)
        }
    }
}

/// A file and a line in it, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The path, relative to the folder of the unit.
    pub file: Box<str>,
    /// The line.
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// An object as its file wants it, before the cluster has told whether its kind lives in namespaces.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// Its kind.
    pub kind: GroupKind,
    /// The version of the API it is written in.
    pub version: Box<str>,
    /// The namespace it names, if any.
    pub namespace: Option<Box<str>>,
    /// Its name.
    pub name: Box<str>,
    /// Where it is written.
    pub place: Place,
    /// The labels it must have.
    pub labels: Vec<(Box<str>, Box<str>)>,
    /// The annotations it must have.
    pub annotations: Vec<(Box<str>, Box<str>)>,
    /// The JSON to apply, without namespace.
    pub body: Box<RawValue>,
    /// Another one for anything else to apply, see [`fingerprint`].
    pub fingerprint: u64,
}

/// A number that changes with everything we apply.
#[must_use]
pub fn fingerprint(version: &str, body: &RawValue) -> u64 {
    let mut hasher = DefaultHasher::new();
    (version, body.get()).hash(&mut hasher);
    hasher.finish()
}
