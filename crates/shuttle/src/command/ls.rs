//! `ls`: the scripts.

use std::rc::Rc;

use go_template::{List, ListType, Map, Record, Value};

use super::{Invocation, render_inline, template_flag};
use crate::config::{Script, Scripts};
use crate::failure::Failure;
use crate::help;

pub(super) fn run(invocation: &Invocation<'_>) -> Result<(), Failure> {
    let parsed = invocation.parse(&[template_flag()])?;
    let scripts = invocation.load()?.scripts;
    let text = match parsed.value("template") {
        Some(template) => render_inline("ls", template, &dot(&scripts))?,
        None => help::list(&scripts),
    };
    invocation.console.data(&text)
}

fn dot(scripts: &Scripts) -> Value {
    let width = i64::try_from(help::width(scripts)).unwrap_or(i64::MAX);
    let scripts = Map::dict(scripts.iter().map(|(name, script)| (name, record(script))));
    Value::Record(Rc::new(Record::new(
        "cmd.templData",
        vec![("Scripts", Value::Map(scripts)), ("Max", Value::Int(width))],
    )))
}

fn record(script: &Script) -> Value {
    let actions = script.actions.iter().map(|action| {
        named(
            "config.ShuttleAction",
            vec![
                ("Shell", action.shell.as_str().into()),
                ("Dockerfile", action.dockerfile.as_str().into()),
                ("Task", action.task.as_str().into()),
            ],
        )
    });
    let args = script.args.iter().map(|argument| {
        named(
            "config.ShuttleScriptArgs",
            vec![
                ("Name", argument.name.as_str().into()),
                ("Required", argument.required.into()),
                ("Description", argument.description.as_str().into()),
                ("Type", argument.kind.as_str().into()),
            ],
        )
    });
    named(
        "config.ShuttlePlanScript",
        vec![
            ("Description", script.description.as_str().into()),
            ("Actions", Value::List(List::new(ListType::Records("config.ShuttleAction"), actions.collect()))),
            ("Args", Value::List(List::new(ListType::Records("config.ShuttleScriptArgs"), args.collect()))),
        ],
    )
}

fn named(name: &'static str, fields: Vec<(&'static str, Value)>) -> Value {
    Value::Record(Rc::new(Record::new(name, fields)))
}
