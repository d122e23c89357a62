//! A value without positions: what is written.

use crate::Scalar;

/// A YAML value on its way to text.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A single value.
    Scalar(Scalar),
    /// A sequence.
    List(Vec<Value>),
    /// A mapping, in any order: writing sorts it.
    Map(Vec<(Value, Value)>),
}
