//! `plan`: the plan that is configured.

use std::rc::Rc;

use go_template::{Record, Value};

use super::{Invocation, render_inline, template_flag};
use crate::failure::Failure;

pub(super) fn run(invocation: &Invocation<'_>) -> Result<(), Failure> {
    let parsed = invocation.parse(&[template_flag()])?;
    if let [_, ..] = parsed.words.as_slice() {
        return Err(Failure::usage(
            format!("accepts 0 arg(s), received {}", parsed.words.len()),
            super::HINT,
        ));
    }
    let project = invocation.load()?;
    let plan = project.file.plan.clone().unwrap_or_default();
    let Some(template) = parsed.value("template") else { return invocation.console.data(&plan) };
    let raw = project.file.plan.clone().map_or(Value::Bool(false), Value::from);
    let path = |path: std::path::PathBuf| Value::from(path.display().to_string());
    let dot = Value::Record(Rc::new(Record::new(
        "cmd.templData",
        vec![
            ("Plan", plan.into()),
            ("PlanRaw", raw),
            ("LocalPlanPath", path(project.plan.clone().unwrap_or_default())),
            ("ProjectPath", path(project.folder.clone())),
            ("TempDirectoryPath", path(project.temp())),
        ],
    )));
    invocation.console.data(&render_inline("plan", template, &dot)?)
}
