//! Walking a tree for its output.

mod call;
mod control;
mod field;
mod pipeline;

use crate::error::ExecError;
use crate::node::{Call, Command, Expr, Node, Pipe};
use crate::{Template, Value, World};

/// How deep templates, control structures and parentheses may nest while rendering.
const DEPTH_LIMIT: usize = 250;

/// Renders a template.
pub(crate) fn render(template: &Template, dot: &Value, world: &dyn World) -> Result<String, Box<ExecError>> {
    let Some((name, nodes)) = template.trees.get_key_value(&template.name) else { return Ok(String::new()) };
    let dot = Operand::plain(dot.clone());
    let mut state = State {
        template,
        world,
        executing: name,
        variables: vec![("$", dot.clone())],
        at: At::Nothing,
        depth: 0,
        out: String::new(),
    };
    match state.list(&dot, nodes) {
        Ok(()) => Ok(state.out),
        Err(Stop::Failed(error)) => Err(error),
        // The parser lets these stand in loops only.
        Err(Stop::Break | Stop::Continue) => Ok(state.out),
    }
}

/// A value and whether Go would hold it as `interface {}`, which messages and `nil` depend on.
#[derive(Clone, Debug)]
struct Operand {
    value: Value,
    boxed: bool,
}

impl Operand {
    fn plain(value: Value) -> Self {
        Self { value, boxed: false }
    }

    fn boxed(value: Value) -> Self {
        Self { value, boxed: true }
    }

    /// No value at all: a missing key, an empty pipeline.
    fn nothing() -> Self {
        Self::plain(Value::Nil)
    }

    fn type_name(&self) -> String {
        if self.boxed { "interface {}".to_owned() } else { self.value.type_name() }
    }
}

/// Why walking a list ended early.
enum Stop {
    Break,
    Continue,
    Failed(Box<ExecError>),
}

type Walk<T> = Result<T, Stop>;

/// What was looked at last; an error is reported there.
#[derive(Clone, Copy)]
enum At<'a> {
    Nothing,
    Expr(&'a Expr),
    Pipe(&'a Pipe),
    Command(&'a Command),
    Call(&'a Call),
}

struct State<'a> {
    template: &'a Template,
    world: &'a dyn World,
    executing: &'a str,
    variables: Vec<(&'a str, Operand)>,
    at: At<'a>,
    depth: usize,
    out: String,
}

impl<'a> State<'a> {
    fn list(&mut self, dot: &Operand, nodes: &'a [Node]) -> Walk<()> {
        self.depth += 1;
        if self.depth > DEPTH_LIMIT {
            return Err(self.fail(format!("exceeded maximum template depth ({DEPTH_LIMIT})")));
        }
        for node in nodes {
            self.node(dot, node)?;
        }
        self.depth -= 1;
        Ok(())
    }

    fn node(&mut self, dot: &Operand, node: &'a Node) -> Walk<()> {
        match node {
            Node::Text(text) => self.out.push_str(text),
            Node::Action(pipe) => {
                let result = self.pipeline(dot, pipe)?;
                if pipe.variables.is_empty() {
                    self.print(&result.value);
                }
            }
            Node::If(branch) => return self.branch(dot, branch, false),
            Node::With(branch) => return self.branch(dot, branch, true),
            Node::Range(branch) => return self.range(dot, branch),
            Node::Template(call) => return self.call_template(dot, call),
            Node::Break => return Err(Stop::Break),
            Node::Continue => return Err(Stop::Continue),
        }
        Ok(())
    }

    fn print(&mut self, value: &Value) {
        if value.is_nil() {
            self.out.push_str("<no value>");
        } else {
            self.out.push_str(&crate::format::plain(value));
        }
    }

    fn fail(&self, cause: impl Into<String>) -> Stop {
        let (pos, expression) = match self.at {
            At::Nothing => (0, String::new()),
            At::Expr(expr) => (expr.pos, expr.to_string()),
            At::Pipe(pipe) => (pipe.pos, pipe.to_string()),
            At::Command(command) => (command.pos, command.to_string()),
            At::Call(call) => (call.pos, call.to_string()),
        };
        let before = &self.template.text[..pos];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Stop::Failed(Box::new(ExecError {
            name: self.template.name.clone(),
            line: before.matches('\n').count() + 1,
            column: pos - line_start,
            executing: self.executing.to_owned(),
            expression,
            cause: cause.into(),
        }))
    }

    fn variable(&self, name: &str) -> Option<&Operand> {
        self.variables.iter().rev().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    fn assign(&mut self, name: &str, value: Operand) -> Walk<()> {
        match self.variables.iter_mut().rev().find(|(known, _)| *known == name) {
            Some((_, slot)) => {
                *slot = value;
                Ok(())
            }
            None => Err(self.fail(format!("undefined variable: {name}"))),
        }
    }
}
