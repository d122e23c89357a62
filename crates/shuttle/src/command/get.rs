//! `get`: a variable.

use go_template::lookup;

use super::{Invocation, one_word, render_inline, template_flag};
use crate::failure::Failure;

pub(super) fn run(invocation: &Invocation<'_>) -> Result<(), Failure> {
    let parsed = invocation.parse(&[template_flag()])?;
    let path = one_word(&parsed)?;
    let project = invocation.load()?;
    let value =
        lookup(path, &project.file.vars).map_err(|cause| Failure::Lookup { path: path.to_owned(), cause })?;
    let text = match parsed.value("template") {
        Some(template) => render_inline("get", template, &value)?,
        None if value.is_nil() => String::new(),
        None => yaml::to_string(&value.to_yaml()).trim_end_matches('\n').to_owned(),
    };
    invocation.console.data(&text)
}
