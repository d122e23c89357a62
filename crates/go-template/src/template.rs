//! The two things one does with a template: parse it, render it.

use crate::parse::{Trees, parse};
use crate::{Dialect, TemplateError, Value, World, exec};

/// What encloses actions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delimiters {
    /// Before an action; never empty.
    pub(crate) left: String,
    /// After an action; never empty.
    pub(crate) right: String,
}

impl Default for Delimiters {
    fn default() -> Self {
        Self { left: "{{".to_owned(), right: "}}".to_owned() }
    }
}

impl Delimiters {
    /// Delimiters of one's own; an empty one means the usual.
    #[must_use]
    pub fn new(left: &str, right: &str) -> Self {
        let usual = Self::default();
        Self {
            left: if left.is_empty() { usual.left } else { left.to_owned() },
            right: if right.is_empty() { usual.right } else { right.to_owned() },
        }
    }
}

/// A parsed template with all that it defines.
///
/// ```
/// use go_template::{Delimiters, Dialect, Map, NoWorld, Template, Value};
/// let template = Template::parse("x", "{{ .name | upper }}", &Delimiters::default(), Dialect::Sprig)?;
/// let dot = Value::Map(Map::dict([("name", Value::text("shuttle"))]));
/// assert_eq!(template.render(&dot, &NoWorld)?, "SHUTTLE");
/// # Ok::<(), go_template::TemplateError>(())
/// ```
#[derive(Debug)]
pub struct Template {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) trees: Trees,
}

impl Template {
    /// Parses a text; `name` is what errors call it.
    ///
    /// # Errors
    /// When it is not a template, or calls a function that the dialect does not have.
    pub fn parse(
        name: &str,
        text: &str,
        delimiters: &Delimiters,
        dialect: Dialect,
    ) -> Result<Self, TemplateError> {
        let trees = parse(name, text, delimiters, dialect)?;
        Ok(Self { name: name.to_owned(), text: text.to_owned(), trees })
    }

    /// Renders it with a value as dot.
    ///
    /// # Errors
    /// When an expression cannot be evaluated or a function fails. There is no partial output.
    pub fn render(&self, dot: &Value, world: &dyn World) -> Result<String, TemplateError> {
        Ok(exec::render(self, dot, world)?)
    }
}
