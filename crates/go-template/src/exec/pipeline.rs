//! Pipelines and commands.

use super::call::Given;
use super::{At, DEPTH_LIMIT, Operand, State, Walk};
use crate::Value;
use crate::node::{Command, Expr, ExprKind, Pipe};
use crate::number::Number;

impl<'a> State<'a> {
    /// The value of a pipeline; variables that it declares stay.
    pub(super) fn pipeline(&mut self, dot: &Operand, pipe: &'a Pipe) -> Walk<Operand> {
        self.at = At::Pipe(pipe);
        self.depth += 1;
        if self.depth > DEPTH_LIMIT {
            return Err(self.fail(format!("exceeded maximum template depth ({DEPTH_LIMIT})")));
        }
        let mut last = None;
        for command in &pipe.commands {
            let result = self.command(dot, command, last.take())?;
            last = Some(Operand::plain(result.value));
        }
        self.depth -= 1;
        let value = last.unwrap_or_else(Operand::nothing);
        for name in &pipe.variables {
            if pipe.is_assignment {
                self.assign(name, value.clone())?;
            } else {
                self.variables.push((name, value.clone()));
            }
        }
        Ok(value)
    }

    /// The value of a command that gets the value before it as its last argument.
    fn command(&mut self, dot: &Operand, command: &'a Command, last: Option<Operand>) -> Walk<Operand> {
        let Some((first, _)) = command.args.split_first() else { return Ok(Operand::nothing()) };
        let has_args = command.args.len() > 1 || last.is_some();
        let args = &command.args[1..];
        let given = |last| has_args.then_some(Given { dot, place: At::Command(command), args, last });
        match &first.kind {
            ExprKind::Field(names) => {
                self.at = At::Expr(first);
                self.chain(dot.clone(), names, given(last))
            }
            ExprKind::Chain(inner, names) => self.chain_of(dot, first, inner, names, given(last)),
            ExprKind::Function(function) => {
                self.at = At::Expr(first);
                self.call(dot, function, At::Command(command), args, last)
            }
            ExprKind::Pipe(pipe) => {
                self.not_a_function(first, has_args)?;
                self.pipeline(dot, pipe)
            }
            ExprKind::Variable(names) => self.variable_chain(first, names, given(last)),
            ExprKind::Bool(_)
            | ExprKind::Dot
            | ExprKind::Nil
            | ExprKind::Number(_)
            | ExprKind::Text { .. } => {
                self.at = At::Expr(first);
                self.not_a_function(first, has_args)?;
                if matches!(first.kind, ExprKind::Nil) {
                    return Err(self.fail("nil is not a command"));
                }
                self.literal(dot, first)
            }
        }
    }

    fn not_a_function(&self, expr: &Expr, has_args: bool) -> Walk<()> {
        if has_args { Err(self.fail(format!("can't give argument to non-function {expr}"))) } else { Ok(()) }
    }

    pub(super) fn variable_chain(
        &mut self,
        expr: &'a Expr,
        names: &'a [String],
        given: Option<Given<'a, '_>>,
    ) -> Walk<Operand> {
        self.at = At::Expr(expr);
        let Some((name, fields)) = names.split_first() else { return Ok(Operand::nothing()) };
        let Some(value) = self.variable(name).cloned() else {
            return Err(self.fail(format!("undefined variable: {name}")));
        };
        if fields.is_empty() {
            self.not_a_function(expr, given.is_some())?;
            return Ok(value);
        }
        self.chain(value, fields, given)
    }

    pub(super) fn chain_of(
        &mut self,
        dot: &Operand,
        expr: &'a Expr,
        inner: &'a Expr,
        names: &'a [String],
        given: Option<Given<'a, '_>>,
    ) -> Walk<Operand> {
        self.at = At::Expr(expr);
        let receiver = self.operand(dot, inner)?;
        self.chain(receiver, names, given)
    }

    /// The value of an operand where any type will do.
    pub(super) fn operand(&mut self, dot: &Operand, expr: &'a Expr) -> Walk<Operand> {
        self.at = At::Expr(expr);
        match &expr.kind {
            ExprKind::Field(names) => self.chain(dot.clone(), names, None),
            ExprKind::Variable(names) => self.variable_chain(expr, names, None),
            ExprKind::Pipe(pipe) => self.pipeline(dot, pipe),
            ExprKind::Function(function) => self.call(dot, function, At::Expr(expr), &[], None),
            ExprKind::Chain(inner, names) => self.chain_of(dot, expr, inner, names, None),
            ExprKind::Bool(_)
            | ExprKind::Dot
            | ExprKind::Nil
            | ExprKind::Number(_)
            | ExprKind::Text { .. } => self.literal(dot, expr),
        }
    }

    pub(super) fn literal(&self, dot: &Operand, expr: &Expr) -> Walk<Operand> {
        let value = match &expr.kind {
            ExprKind::Dot => return Ok(dot.clone()),
            ExprKind::Bool(value) => Value::Bool(*value),
            ExprKind::Number(number) => self.ideal(number)?,
            ExprKind::Text { value, .. } => Value::text(value),
            ExprKind::Nil
            | ExprKind::Field(_)
            | ExprKind::Variable(_)
            | ExprKind::Function(_)
            | ExprKind::Chain(..)
            | ExprKind::Pipe(_) => Value::Nil,
        };
        Ok(Operand::plain(value))
    }

    /// A number where nothing asks for a type.
    fn ideal(&self, number: &Number) -> Walk<Value> {
        if number.is_ideal_float() {
            return Ok(number.float.map_or(Value::Nil, Value::Float));
        }
        match number.signed {
            Some(value) => Ok(Value::Int(value)),
            None => Err(self.fail(format!("{} overflows int", number.written))),
        }
    }
}
