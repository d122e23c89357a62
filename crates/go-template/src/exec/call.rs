//! Calling functions: number and types of arguments, then the code.

use super::{At, Operand, State, Walk};
use crate::function::{Body, Call, Function};
use crate::node::{Expr, ExprKind};
use crate::{Type, Value};

/// Arguments that a command gives to its first word.
pub(super) struct Given<'a, 'd> {
    pub(super) dot: &'d Operand,
    /// Where an error of the call is.
    pub(super) place: At<'a>,
    pub(super) args: &'a [Expr],
    /// The value of the command before.
    pub(super) last: Option<Operand>,
}

impl<'a> State<'a> {
    pub(super) fn call(
        &mut self,
        dot: &Operand,
        function: &'static Function,
        place: At<'a>,
        args: &'a [Expr],
        last: Option<Operand>,
    ) -> Walk<Operand> {
        match function.body {
            Body::And => {
                self.check_count(function, 0, args.len(), last.is_some())?;
                self.until(dot, false, args, last)
            }
            Body::Or => {
                self.check_count(function, 0, args.len(), last.is_some())?;
                self.until(dot, true, args, last)
            }
            Body::Native(_) => self.native(function, Vec::new(), Some(Given { dot, place, args, last })),
        }
    }

    /// Calls a method: a function whose first argument is the value it belongs to.
    pub(super) fn call_method(
        &mut self,
        receiver: Value,
        method: &'static Function,
        given: Option<Given<'a, '_>>,
    ) -> Walk<Operand> {
        self.native(method, vec![receiver], given)
    }

    fn native(
        &mut self,
        function: &'static Function,
        mut values: Vec<Value>,
        given: Option<Given<'a, '_>>,
    ) -> Walk<Operand> {
        let (n_args, has_last) =
            given.as_ref().map_or((0, false), |given| (given.args.len(), given.last.is_some()));
        self.check_count(function, values.len(), n_args, has_last)?;
        let place = given.as_ref().map_or(self.at, |given| given.place);
        if let Some(Given { dot, args, last, .. }) = given {
            for arg in args {
                let ty = self.param(function, values.len());
                values.push(self.argument(dot, ty, arg)?);
            }
            if let Some(last) = last {
                let ty = self.param(function, values.len());
                values.push(self.validate(last, ty)?);
            }
        }
        let Body::Native(body) = function.body else { return Ok(Operand::nothing()) };
        match body(&Call { args: &values, world: self.world }) {
            Ok(value) => Ok(Operand::plain(value)),
            Err(cause) => {
                self.at = place;
                Err(self.fail(format!("error calling {}: {cause}", function.name)))
            }
        }
    }

    /// `bound` are the arguments that a method has without being given any.
    fn check_count(&self, function: &Function, bound: usize, n_args: usize, has_last: bool) -> Walk<()> {
        let (name, wanted) = (function.name, function.params.len() - bound);
        let got = n_args + usize::from(has_last);
        if function.rest.is_some() {
            if got < wanted {
                return Err(self
                    .fail(format!("wrong number of args for {name}: want at least {wanted} got {n_args}")));
            }
        } else if got != wanted {
            return Err(self.fail(format!("wrong number of args for {name}: want {wanted} got {got}")));
        }
        Ok(())
    }

    fn param(&self, function: &Function, index: usize) -> Type {
        function.params.get(index).copied().or(function.rest).unwrap_or(Type::Any)
    }

    /// `and` and `or`: evaluates arguments until one decides.
    fn until(
        &mut self,
        dot: &Operand,
        decisive: bool,
        args: &'a [Expr],
        last: Option<Operand>,
    ) -> Walk<Operand> {
        let mut value = Value::Nil;
        for arg in args {
            value = self.argument(dot, Type::Reflected, arg)?;
            if value.is_true() == decisive {
                return Ok(Operand::plain(value));
            }
        }
        Ok(last.unwrap_or_else(|| Operand::plain(value)))
    }

    fn argument(&mut self, dot: &Operand, ty: Type, expr: &'a Expr) -> Walk<Value> {
        self.at = At::Expr(expr);
        match &expr.kind {
            ExprKind::Nil if ty.can_be_nil() => Ok(Value::Nil),
            ExprKind::Nil => Err(self.fail(format!("cannot assign nil to {ty}"))),
            ExprKind::Dot
            | ExprKind::Field(_)
            | ExprKind::Variable(_)
            | ExprKind::Pipe(_)
            | ExprKind::Function(_)
            | ExprKind::Chain(..) => {
                let operand = self.operand(dot, expr)?;
                self.validate(operand, ty)
            }
            ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::Text { .. } => self.constant(dot, ty, expr),
        }
    }

    /// A literal as a value of a type.
    fn constant(&self, dot: &Operand, ty: Type, expr: &Expr) -> Walk<Value> {
        let expected = |what: &str| self.fail(format!("expected {what}; found {expr}"));
        match (ty, &expr.kind) {
            (Type::Any | Type::Reflected, _) => Ok(self.literal(dot, expr)?.value),
            (Type::Bool, ExprKind::Bool(value)) => Ok(Value::Bool(*value)),
            (Type::Bool, _) => Err(expected("bool")),
            (Type::Int, ExprKind::Number(number)) => {
                number.signed.map(Value::Int).ok_or_else(|| expected("integer"))
            }
            (Type::Int, _) => Err(expected("integer")),
            (Type::Float, ExprKind::Number(number)) => {
                number.float.map(Value::Float).ok_or_else(|| expected("float"))
            }
            (Type::Float, _) => Err(expected("float")),
            (Type::Text, ExprKind::Text { value, .. }) => Ok(Value::text(value)),
            (Type::Text, _) => Err(expected("string")),
            (Type::Dict | Type::Time, _) => {
                Err(self.fail(format!("can't handle {expr} for arg of type {ty}")))
            }
        }
    }

    /// Lets a value through where it fits the type.
    fn validate(&self, operand: Operand, ty: Type) -> Walk<Value> {
        let Operand { value, boxed } = operand;
        if value.is_nil() && !boxed && !ty.can_be_nil() {
            return Err(self.fail(format!("invalid value; expected {ty}")));
        }
        if ty.accepts(&value) || (value.is_nil() && !boxed) {
            return Ok(value);
        }
        let got = if value.is_nil() { "interface {}".to_owned() } else { value.type_name() };
        Err(self.fail(format!("wrong type for value; expected {ty}; got {got}")))
    }
}
