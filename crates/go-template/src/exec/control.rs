//! `if`, `with`, `range` and `template`.

use super::{At, DEPTH_LIMIT, Operand, State, Stop, Walk};
use crate::Value;
use crate::format;
use crate::node::{Branch, Call};

impl<'a> State<'a> {
    pub(super) fn branch(&mut self, dot: &Operand, branch: &'a Branch, sets_dot: bool) -> Walk<()> {
        let n_variables = self.variables.len();
        let value = self.pipeline(dot, &branch.pipe)?;
        if value.value.is_true() {
            self.list(if sets_dot { &value } else { dot }, &branch.list)?;
        } else if let Some(otherwise) = &branch.otherwise {
            self.list(dot, otherwise)?;
        }
        self.variables.truncate(n_variables);
        Ok(())
    }

    pub(super) fn range(&mut self, dot: &Operand, branch: &'a Branch) -> Walk<()> {
        let n_variables = self.variables.len();
        let over = self.pipeline(dot, &branch.pipe)?;
        let n_loop_variables = self.variables.len();
        let depth = self.depth;
        let mut is_empty = true;
        for (index, element) in self.elements(&over.value, branch)? {
            is_empty = false;
            self.set_loop_variables(branch, index, &element)?;
            let walked = self.list(&element, &branch.list);
            self.variables.truncate(n_loop_variables);
            match walked {
                Ok(()) => {}
                Err(Stop::Continue) => self.depth = depth,
                Err(Stop::Break) => {
                    self.depth = depth;
                    break;
                }
                Err(failed @ Stop::Failed(_)) => return Err(failed),
            }
        }
        if let (true, Some(otherwise)) = (is_empty, &branch.otherwise) {
            self.list(dot, otherwise)?;
        }
        self.variables.truncate(n_variables);
        Ok(())
    }

    /// What a loop goes over, with its indexes.
    fn elements(&self, over: &Value, branch: &Branch) -> Walk<Box<dyn Iterator<Item = (Operand, Operand)>>> {
        let count = |n: u64, value: fn(u64) -> Value| {
            if branch.pipe.variables.len() > 1 {
                let shown = format::plain(over);
                return Err(self.fail(format!("can't use {shown} to iterate over more than one variable")));
            }
            Ok((0..n).map(move |at| (Operand::nothing(), Operand::plain(value(at)))))
        };
        #[expect(clippy::cast_possible_wrap, reason = "counted up to a signed number")]
        match over {
            Value::Int(n) => Ok(Box::new(count(u64::try_from(*n).unwrap_or(0), |at| Value::Int(at as i64))?)),
            Value::Int64(n) => {
                Ok(Box::new(count(u64::try_from(*n).unwrap_or(0), |at| Value::Int64(at as i64))?))
            }
            Value::Uint(n) => Ok(Box::new(count(*n, Value::Uint)?)),
            #[expect(clippy::cast_possible_truncation, reason = "counted up to a byte")]
            Value::Byte(n) => Ok(Box::new(count(u64::from(*n), |at| Value::Byte(at as u8))?)),
            Value::List(list) => {
                let boxed = list.boxes_items();
                let list = list.clone();
                Ok(Box::new((0..list.items().len()).map(move |at| {
                    let value = list.items()[at].clone();
                    (Operand::plain(Value::Int(at as i64)), Operand { value, boxed })
                })))
            }
            Value::Map(map) => {
                let entry = |(key, value): (crate::Key, Value)| {
                    (Operand::boxed(key.to_value()), Operand::boxed(value))
                };
                Ok(Box::new(map.entries().into_iter().map(entry)))
            }
            Value::Nil => Ok(Box::new(std::iter::empty())),
            Value::Bool(_) | Value::Float(_) | Value::Text(_) | Value::Record(_) => {
                Err(self.fail(format!("range can't iterate over {}", format::plain(over))))
            }
        }
    }

    fn set_loop_variables(&mut self, branch: &'a Branch, index: Operand, element: &Operand) -> Walk<()> {
        let names = &branch.pipe.variables;
        if branch.pipe.is_assignment {
            return match names.as_slice() {
                [only] => self.assign(only, element.clone()),
                [first, second, ..] => {
                    self.assign(first, index)?;
                    self.assign(second, element.clone())
                }
                [] => Ok(()),
            };
        }
        let n = self.variables.len();
        if !names.is_empty() {
            self.variables[n - 1].1 = element.clone();
        }
        if names.len() > 1 {
            self.variables[n - 2].1 = index;
        }
        Ok(())
    }

    pub(super) fn call_template(&mut self, dot: &Operand, call: &'a Call) -> Walk<()> {
        self.at = At::Call(call);
        let Some((name, nodes)) = self.template.trees.get_key_value(&call.name) else {
            let shown = format::quote::double(&call.name);
            return Err(self.fail(format!("template {shown} not defined")));
        };
        if self.depth >= DEPTH_LIMIT {
            return Err(self.fail(format!("exceeded maximum template depth ({DEPTH_LIMIT})")));
        }
        let dot = match &call.pipe {
            Some(pipe) => self.pipeline(dot, pipe)?,
            None => Operand::nothing(),
        };
        let at = self.at;
        let executing = std::mem::replace(&mut self.executing, name);
        let variables = std::mem::replace(&mut self.variables, vec![("$", dot.clone())]);
        self.list(&dot, nodes)?;
        self.executing = executing;
        self.variables = variables;
        self.at = at;
        Ok(())
    }
}
