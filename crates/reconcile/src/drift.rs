//! Whether somebody has changed an object since we applied it.

use crate::live::{Live, Pairs, ResourceVersion};
use crate::object::Manifest;

/// What we know from our last write to an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// What was written.
    pub fingerprint: u64,
    /// The object it was written to.
    pub uid: Box<str>,
    /// Where the write left it.
    pub resource_version: ResourceVersion,
    /// Where the write left its spec.
    pub generation: Option<i64>,
    /// What it was right after, where the whole object is watched.
    pub content: Option<u64>,
}

/// Whether an object is no longer what we wrote. Nobody is asked: this compares what the watch shows with what the
/// answer to our write said, and takes no notice of a status.
#[must_use]
pub fn drifted(applied: &Applied, live: &Live, wanted: &Manifest) -> bool {
    if live.uid != applied.uid {
        return true;
    }
    if live.resource_version <= applied.resource_version {
        return false;
    }
    if lacks(&live.labels, &wanted.labels) || lacks(&live.annotations, &wanted.annotations) {
        return true;
    }
    match (applied.generation, live.generation) {
        (Some(before), Some(now)) => before != now,
        // No generation to compare: anything but the status may have changed.
        _ => applied.content.is_none() || applied.content != live.content,
    }
}

/// Whether one of the wanted pairs is missing or has another value.
fn lacks(live: &Pairs, wanted: &[(Box<str>, Box<str>)]) -> bool {
    wanted.iter().any(|pair| live.binary_search(pair).is_err())
}

#[cfg(test)]
mod tests {
    use kube_status::Health;
    use serde_json::value::RawValue;

    use super::*;
    use crate::object::{GroupKind, Place};

    fn pairs(list: &[(&str, &str)]) -> Vec<(Box<str>, Box<str>)> {
        list.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect()
    }

    fn manifest() -> Manifest {
        Manifest {
            kind: GroupKind::new("", "ConfigMap"),
            version: "v1".into(),
            namespace: None,
            name: "a".into(),
            place: Place { file: "a.yaml".into(), line: 1 },
            labels: pairs(&[("app", "shop")]),
            annotations: Vec::new(),
            body: RawValue::NULL.to_owned(),
            fingerprint: 0,
        }
    }

    fn live() -> Live {
        Live {
            uid: "u1".into(),
            resource_version: 11,
            generation: Some(1),
            content: Some(7),
            unit: None,
            prune_disabled: false,
            terminating: false,
            health: Health::Current,
            labels: pairs(&[("app", "shop"), ("other", "x")]).into(),
            annotations: Box::default(),
        }
    }

    fn check(name: &str, change: impl FnOnce(&mut Live), expected: bool) {
        let applied = Applied {
            fingerprint: 0,
            uid: "u1".into(),
            resource_version: 10,
            generation: Some(1),
            content: Some(7),
        };
        let mut live = live();
        change(&mut live);
        assert_eq!(drifted(&applied, &live, &manifest()), expected, "{name}");
        if live.generation.is_some() {
            return;
        }
        let unseen = Applied { content: None, ..applied };
        assert!(drifted(&unseen, &live, &manifest()), "{name}: without a first sight, assume the worst");
    }

    #[test]
    fn only_what_others_wrote_is_drift() {
        check("a status", |_| {}, false);
        check("our own write", |live| live.resource_version = 10, false);
        check("an older sight", |live| (live.resource_version, live.generation) = (9, Some(0)), false);
        check("a spec", |live| live.generation = Some(2), true);
        check("a foreign label", |live| live.labels = pairs(&[("app", "shop"), ("x", "y")]).into(), false);
        check("a label of ours", |live| live.labels = pairs(&[("app", "cart")]).into(), true);
        check("a label gone", |live| live.labels = Box::default(), true);
        check("another object", |live| live.uid = "u2".into(), true);
        check("a status without generation", |live| live.generation = None, false);
        check("content without generation", |live| (live.generation, live.content) = (None, Some(8)), true);
        check("metadata alone", |live| (live.generation, live.content) = (None, None), true);
    }
}
