//! Maps, shared and changeable like Go's.

use std::cell::{Ref, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use super::{Key, Value};

/// A map; clones are the same map.
#[derive(Clone, Debug)]
pub struct Map {
    kind: MapType,
    entries: Rc<RefCell<BTreeMap<Key, Value>>>,
}

/// The type of a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapType {
    /// `map[string]interface {}`.
    Dict,
    /// `map[interface {}]interface {}`: nested maps of YAML.
    Any,
    /// `map[string]string`.
    Texts,
}

impl Map {
    /// A map of entries that fit its type.
    #[must_use]
    pub fn new(kind: MapType, entries: BTreeMap<Key, Value>) -> Self {
        Self { kind, entries: Rc::new(RefCell::new(entries)) }
    }

    /// A map from texts to any values.
    pub fn dict<K: AsRef<str>>(entries: impl IntoIterator<Item = (K, Value)>) -> Self {
        let entries = entries.into_iter().map(|(key, value)| (Key::text(key.as_ref()), value)).collect();
        Self::new(MapType::Dict, entries)
    }

    /// Its type.
    #[must_use]
    pub fn kind(&self) -> MapType {
        self.kind
    }

    /// How many entries it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.borrow().len()
    }

    /// Whether it has no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value under a key.
    #[must_use]
    pub fn get(&self, key: &Key) -> Option<Value> {
        self.entries.borrow().get(key).cloned()
    }

    /// The value under a text key.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<Value> {
        self.get(&Key::text(name))
    }

    /// Sets the value under a text key.
    pub fn set(&self, name: &str, value: Value) {
        self.entries.borrow_mut().insert(Key::text(name), value);
    }

    /// Removes a text key.
    pub fn remove(&self, name: &str) {
        self.entries.borrow_mut().remove(&Key::text(name));
    }

    /// A snapshot of the entries in key order; the map may change while it is read.
    #[must_use]
    pub fn entries(&self) -> Vec<(Key, Value)> {
        self.borrow().iter().map(|(key, value)| (key.clone(), value.clone())).collect()
    }

    /// Whether all keys are texts, so that it serves where a `map[string]interface {}` is wanted.
    #[must_use]
    pub fn has_text_keys(&self) -> bool {
        self.kind != MapType::Any || self.borrow().keys().all(|key| key.as_text().is_some())
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.entries, &other.entries)
    }

    fn borrow(&self) -> Ref<'_, BTreeMap<Key, Value>> {
        self.entries.borrow()
    }

    pub(super) fn deep_copy(&self) -> Self {
        let entries = self.borrow().iter().map(|(key, value)| (key.clone(), value.deep_copy())).collect();
        Self::new(self.kind, entries)
    }

    pub(super) fn deep_equal(&self, other: &Self) -> bool {
        if self.is_same(other) {
            return true;
        }
        let (own, others) = (self.borrow(), other.borrow());
        self.kind == other.kind
            && own.len() == others.len()
            && own.iter().zip(others.iter()).all(|((ak, av), (bk, bv))| ak == bk && av.deep_equal(bv))
    }
}
