//! The limit on how much may be deleted at once.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::object::ObjectRef;

/// Fewer deletes than this are never held: a small environment changes in large shares.
const ALWAYS_ALLOWED: usize = 10;

/// How much of an environment may be deleted at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PruneLimit {
    percent: u8,
}

/// Not a share in percent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no share in percent")]
pub struct InvalidPruneLimit(String);

impl explain::Explain for InvalidPruneLimit {
    fn kind(&self) -> explain::Kind {
        explain::Kind::Usage
    }

    fn next_step(&self) -> std::borrow::Cow<'static, str> {
        "use a number from 0 to 100, such as 50".into()
    }
}

impl Default for PruneLimit {
    fn default() -> Self {
        Self { percent: 50 }
    }
}

impl std::str::FromStr for PruneLimit {
    type Err = InvalidPruneLimit;

    fn from_str(s: &str) -> Result<Self, InvalidPruneLimit> {
        match s.trim_end_matches('%').parse() {
            Ok(percent @ 0..=100) => Ok(Self { percent }),
            _ => Err(InvalidPruneLimit(s.to_owned())),
        }
    }
}

impl std::fmt::Display for PruneLimit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}%", self.percent)
    }
}

/// A prune that waits for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// How many objects are to be deleted.
    pub n_doomed: usize,
    /// How many there are.
    pub n_objects: usize,
    /// Approves exactly these deletes.
    pub token: String,
}

/// Whether these deletes have to wait for a person.
#[must_use]
pub fn held(limit: PruneLimit, doomed: &BTreeSet<&ObjectRef>, n_objects: usize) -> Option<Held> {
    let n_doomed = doomed.len();
    let allowed = n_objects.saturating_mul(limit.percent.into()) / 100;
    let is_held = n_doomed > ALWAYS_ALLOWED && n_doomed > allowed;
    is_held.then(|| Held { n_doomed, n_objects, token: token(doomed) })
}

/// The same for the same objects, in every process.
fn token(doomed: &BTreeSet<&ObjectRef>) -> String {
    let mut hasher = DefaultHasher::new();
    for object in doomed {
        object.to_line().hash(&mut hasher);
    }
    format!("{:012x}", hasher.finish() >> 16)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object::GroupKind;

    fn check(name: &str, limit: &str, n_doomed: usize, n_objects: usize, expected: bool) {
        let objects: BTreeSet<ObjectRef> = (0..n_doomed)
            .map(|n| ObjectRef::new(GroupKind::new("", "ConfigMap"), "shop", &n.to_string()))
            .collect();
        let limit = limit.parse().expect("a limit");
        assert_eq!(held(limit, &objects.iter().collect(), n_objects).is_some(), expected, "{name}");
    }

    #[test]
    fn a_large_share_waits_and_a_small_number_never_does() {
        check("nothing", "50", 0, 0, false);
        check("all of a few", "50", 10, 10, false);
        check("all of some", "50", 11, 11, true);
        check("half", "50%", 50, 100, false);
        check("more than half", "50%", 51, 100, true);
        check("no limit", "100", 5000, 5000, false);
        check("everything waits", "0", 11, 5000, true);
        for wrong in ["", "-1", "101", "many"] {
            assert!(wrong.parse::<PruneLimit>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_token_approves_these_deletes_and_no_others() {
        let object = |name| ObjectRef::new(GroupKind::new("", "ConfigMap"), "shop", name);
        let (a, b) = (object("a"), object("b"));
        assert_eq!(token(&[&a, &b].into()), token(&[&b, &a].into()));
        assert_ne!(token(&[&a, &b].into()), token(&[&a].into()));
    }
}
