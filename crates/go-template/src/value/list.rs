//! Slices.

use std::rc::Rc;

use super::Value;

/// A list; functions that change one make a new list.
#[derive(Clone, Debug)]
pub struct List {
    kind: ListType,
    items: Rc<[Value]>,
}

/// What a list holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListType {
    /// `[]interface {}`.
    Any,
    /// `[]string`.
    Text,
    /// `[]int`.
    Int,
    /// `[][]interface {}`.
    Lists,
    /// A list of records, by the name of their type.
    Records(&'static str),
}

impl List {
    /// A list of items that fit its type.
    #[must_use]
    pub fn new(kind: ListType, items: Vec<Value>) -> Self {
        Self { kind, items: items.into() }
    }

    /// The items.
    #[must_use]
    pub fn items(&self) -> &[Value] {
        &self.items
    }

    /// What it holds.
    #[must_use]
    pub fn kind(&self) -> ListType {
        self.kind
    }

    /// Whether items are held as `interface {}`.
    #[must_use]
    pub fn boxes_items(&self) -> bool {
        self.kind == ListType::Any
    }

    pub(super) fn deep_equal(&self, other: &Self) -> bool {
        self.kind == other.kind
            && self.items.len() == other.items.len()
            && self.items.iter().zip(other.items.iter()).all(|(a, b)| a.deep_equal(b))
    }
}
