//! Fields of records and keys of maps.

use super::call::Given;
use super::{Operand, State, Walk};
use crate::{Value, time};

impl<'a> State<'a> {
    /// Follows names from a value on; only the last one could take arguments.
    pub(super) fn chain(
        &mut self,
        receiver: Operand,
        names: &[String],
        given: Option<Given<'a, '_>>,
    ) -> Walk<Operand> {
        let mut value = receiver;
        let has_args = given.is_some();
        let mut given = given;
        for (index, name) in names.iter().enumerate() {
            let is_last = index + 1 == names.len();
            let method = match &value.value {
                Value::Record(record) => time::method(record, name),
                _ => None,
            };
            value = match method {
                Some(method) => {
                    let given = if is_last { given.take() } else { None };
                    self.call_method(value.value, method, given)?
                }
                None => self.field(&value, name, has_args && is_last)?,
            };
        }
        Ok(value)
    }

    fn field(&self, receiver: &Operand, name: &str, has_args: bool) -> Walk<Operand> {
        match &receiver.value {
            Value::Nil if receiver.boxed => {
                Err(self.fail(format!("nil pointer evaluating interface {{}}.{name}")))
            }
            Value::Nil => Ok(Operand::nothing()),
            Value::Record(record) if time::hides_fields(record) => Err(self.no_field(receiver, name)),
            Value::Record(record) => match record.field(name) {
                Some(_) if has_args => {
                    Err(self.fail(format!("{name} has arguments but cannot be invoked as function")))
                }
                Some(value) => Ok(Operand::boxed(value.clone())),
                None => Err(self.no_field(receiver, name)),
            },
            Value::Map(_) if has_args => Err(self.fail(format!("{name} is not a method but has arguments"))),
            Value::Map(map) => Ok(map.field(name).map_or_else(Operand::nothing, Operand::boxed)),
            Value::Bool(_)
            | Value::Int(_)
            | Value::Int64(_)
            | Value::Byte(_)
            | Value::Uint(_)
            | Value::Float(_)
            | Value::Text(_)
            | Value::List(_) => Err(self.no_field(receiver, name)),
        }
    }

    fn no_field(&self, receiver: &Operand, name: &str) -> super::Stop {
        self.fail(format!("can't evaluate field {name} in type {}", receiver.type_name()))
    }
}
