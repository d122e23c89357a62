//! The tree of a template, and how messages show its parts.

use std::fmt;

use crate::format::quote;
use crate::function::Function;
use crate::number::Number;

/// A part of a template that is walked for its output.
#[derive(Debug)]
pub(crate) enum Node {
    Text(String),
    Action(Pipe),
    If(Branch),
    With(Branch),
    Range(Branch),
    Template(Call),
    Break,
    Continue,
}

/// `if`, `with` and `range`.
#[derive(Debug)]
pub(crate) struct Branch {
    pub(crate) pipe: Pipe,
    pub(crate) list: Vec<Node>,
    pub(crate) otherwise: Option<Vec<Node>>,
}

/// `{{template "name" pipeline}}`
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) pos: usize,
    pub(crate) name: String,
    pub(crate) pipe: Option<Pipe>,
}

/// Commands that hand their results on, perhaps into variables.
#[derive(Debug)]
pub(crate) struct Pipe {
    pub(crate) pos: usize,
    pub(crate) variables: Vec<String>,
    pub(crate) is_assignment: bool,
    pub(crate) commands: Vec<Command>,
}

/// An operand with its arguments.
#[derive(Debug)]
pub(crate) struct Command {
    pub(crate) pos: usize,
    pub(crate) args: Vec<Expr>,
}

/// An operand.
#[derive(Debug)]
pub(crate) struct Expr {
    pub(crate) pos: usize,
    pub(crate) kind: ExprKind,
}

#[derive(Debug)]
pub(crate) enum ExprKind {
    Dot,
    Nil,
    Bool(bool),
    Number(Number),
    Text {
        value: String,
        written: String,
    },
    /// `.a.b`
    Field(Vec<String>),
    /// `$a.b`: the variable first, then fields.
    Variable(Vec<String>),
    Function(&'static Function),
    /// Fields of a parenthesised pipeline or a function's result.
    Chain(Box<Expr>, Vec<String>),
    Pipe(Pipe),
}

impl fmt::Display for Pipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.variables.is_empty() {
            let sign = if self.is_assignment { "=" } else { ":=" };
            write!(f, "{} {sign} ", self.variables.join(", "))?;
        }
        for (index, command) in self.commands.iter().enumerate() {
            write!(f, "{}{command}", if index > 0 { " | " } else { "" })?;
        }
        Ok(())
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, arg) in self.args.iter().enumerate() {
            f.write_str(if index > 0 { " " } else { "" })?;
            arg.write_inner(f)?;
        }
        Ok(())
    }
}

impl Expr {
    /// As an operand among others: pipelines in parentheses.
    fn write_inner(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExprKind::Pipe(pipe) => write!(f, "({pipe})"),
            _ => write!(f, "{self}"),
        }
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExprKind::Dot => f.write_str("."),
            ExprKind::Nil => f.write_str("nil"),
            ExprKind::Bool(value) => write!(f, "{value}"),
            ExprKind::Number(number) => f.write_str(&number.written),
            ExprKind::Text { written, .. } => f.write_str(written),
            ExprKind::Field(names) => names.iter().try_for_each(|name| write!(f, ".{name}")),
            ExprKind::Variable(names) => f.write_str(&names.join(".")),
            ExprKind::Function(function) => f.write_str(function.name),
            ExprKind::Chain(inner, names) => {
                inner.write_inner(f)?;
                names.iter().try_for_each(|name| write!(f, ".{name}"))
            }
            ExprKind::Pipe(pipe) => write!(f, "{pipe}"),
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{{template {}", quote::double(&self.name))?;
        if let Some(pipe) = &self.pipe {
            write!(f, " {pipe}")?;
        }
        f.write_str("}}")
    }
}
