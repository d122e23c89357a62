//! `--template`: answers as a Go template makes them, over the views of the original (spec, section 4.4).

mod view;

pub(crate) use view::{artifacts, releases};

use std::time::SystemTime;

use go_template::{Delimiters, Dialect, Entry, Template, TemplateError, Value, World};

use crate::error::CommandError;

/// The clock, and nothing else.
struct Clock;

impl World for Clock {
    fn now(&self) -> i64 {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    }

    fn env(&self, _name: &str) -> String {
        String::new()
    }

    fn read_file(&self, path: &str) -> Result<String, String> {
        Err(format!("open {path}: there are no files here"))
    }

    fn file_exists(&self, _path: &str) -> bool {
        false
    }

    fn folder(&self, _path: &str) -> Vec<Entry> {
        Vec::new()
    }

    fn random(&self, _bytes: &mut [u8]) -> Result<(), String> {
        Err("there is no source of randomness here".to_owned())
    }
}

/// A template that can be read; checked before the server is asked.
pub(crate) fn parse(text: &str) -> Result<Template, CommandError> {
    Template::parse("describe", text, &Delimiters::default(), Dialect::Describe)
        .map_err(|error| wrong("invalid", &error))
}

/// What the template makes of a view.
pub(crate) fn render(template: &Template, view: &Value) -> Result<String, CommandError> {
    template.render(view, &Clock).map_err(|error| wrong("cannot execute the", &error))
}

fn wrong(template: &'static str, error: &TemplateError) -> CommandError {
    // Its own first word says `template:` again, with name, line and column.
    let problem = error.to_string();
    CommandError::Template { template, problem: problem.trim_start_matches("template: ").to_owned() }
}
