//! Functions as rows of tables: name, types of parameters, code.

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use crate::{Map, Type, Value, World, builtin, describe, plan, sprig};

/// A function that templates can call.
pub(crate) struct Function {
    pub(crate) name: &'static str,
    /// The types of its fixed parameters.
    pub(crate) params: &'static [Type],
    /// The type of what may follow them.
    pub(crate) rest: Option<Type>,
    pub(crate) body: Body,
}

/// What a function does.
pub(crate) enum Body {
    /// The first argument that is false, else the last one; later ones are not evaluated.
    And,
    /// The first argument that is true, else the last one.
    Or,
    /// Computes a value, or says why not.
    Native(fn(&Call<'_>) -> Result<Value, String>),
}

/// One call of a native function. The executor has checked number and types of the arguments.
pub(crate) struct Call<'a> {
    pub(crate) args: &'a [Value],
    pub(crate) world: &'a dyn World,
}

impl Call<'_> {
    pub(crate) fn any(&self, index: usize) -> &Value {
        self.args.get(index).unwrap_or(&Value::Nil)
    }

    pub(crate) fn text(&self, index: usize) -> &str {
        match self.any(index) {
            Value::Text(text) => text,
            _ => "",
        }
    }

    pub(crate) fn int(&self, index: usize) -> i64 {
        self.any(index).signed().unwrap_or(0)
    }

    pub(crate) fn is(&self, index: usize) -> bool {
        matches!(self.any(index), Value::Bool(true))
    }

    /// The map at an index; `None` stands for Go's nil map.
    pub(crate) fn map(&self, index: usize) -> Option<&Map> {
        match self.any(index) {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The arguments from an index on.
    pub(crate) fn from(&self, index: usize) -> &[Value] {
        self.args.get(index..).unwrap_or(&[])
    }
}

impl Function {
    pub(crate) const fn new(
        name: &'static str,
        params: &'static [Type],
        body: fn(&Call<'_>) -> Result<Value, String>,
    ) -> Self {
        Self { name, params, rest: None, body: Body::Native(body) }
    }

    pub(crate) const fn variadic(
        name: &'static str,
        params: &'static [Type],
        rest: Type,
        body: fn(&Call<'_>) -> Result<Value, String>,
    ) -> Self {
        Self { name, params, rest: Some(rest), body: Body::Native(body) }
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Which functions exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Those of Go's `text/template`.
    Go,
    /// Go's own, and those of `hamctl describe --template`.
    Describe,
    /// Go's and sprig's.
    Sprig,
    /// Go's, sprig's and shuttle's; where names are the same, the last wins.
    Shuttle,
}

type Names = HashMap<&'static str, &'static Function>;

impl Dialect {
    pub(crate) fn function(self, name: &str) -> Option<&'static Function> {
        static GO: LazyLock<Names> = LazyLock::new(|| collect(&[builtin::TABLE]));
        static DESCRIBE: LazyLock<Names> = LazyLock::new(|| collect(&[builtin::TABLE, describe::TABLE]));
        static SPRIG: LazyLock<Names> =
            LazyLock::new(|| collect(&[&[builtin::TABLE], sprig::TABLES].concat()));
        static SHUTTLE: LazyLock<Names> =
            LazyLock::new(|| collect(&[&[builtin::TABLE], sprig::TABLES, &[plan::TABLE]].concat()));
        let names = match self {
            Self::Go => &GO,
            Self::Describe => &DESCRIBE,
            Self::Sprig => &SPRIG,
            Self::Shuttle => &SHUTTLE,
        };
        names.get(name).copied()
    }
}

fn collect(tables: &[&'static [Function]]) -> Names {
    tables.iter().flat_map(|table| table.iter()).map(|function| (function.name, function)).collect()
}
