//! `template`: a template of the project, else of the plan.

use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use go_template::{Delimiters, Dialect, Key, Map, MapType, Record, Template, Value};

use super::{HINT, Invocation};
use crate::failure::Failure;
use crate::flags::{Kind, Parsed, Spec};
use crate::project::Project;
use crate::world::Machine;

pub(super) fn run(invocation: &Invocation<'_>) -> Result<(), Failure> {
    let value = |name: &str, short| Spec::new(name, short, Kind::Value);
    let parsed = invocation.parse(&[
        value("output", Some('o')),
        value("left-delim", None),
        value("right-delim", None),
        value("delims", None),
        Spec::new("ignore-project-overrides", None, Kind::Switch),
    ])?;
    let Some((name, words)) = parsed.words.split_first() else {
        return Err(Failure::usage("requires at least 1 arg(s), only received 0", HINT));
    };
    let delimiters = delimiters(&parsed)?;
    let args = args(words)?;
    let project = invocation.load()?;
    let path = find(&project, name, parsed.is_on("ignore-project-overrides"))?;
    let text = fs::read(&path).map_err(Failure::file("read", &path))?;
    let text = String::from_utf8_lossy(&text);
    let base = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let rendered = Template::parse(&base, &text, &delimiters, Dialect::Shuttle)
        .and_then(|template| template.render(&dot(&project, args), &Machine))
        .map_err(|source| Failure::Template { path, source })?;
    match parsed.value("output") {
        Some(file) => write(&project.temp().join(file), &rendered),
        None => invocation.console.data(&rendered),
    }
}

fn delimiters(parsed: &Parsed) -> Result<Delimiters, Failure> {
    let usage = |message: String| Failure::usage(message, HINT);
    let (left, right) = (parsed.value("left-delim"), parsed.value("right-delim"));
    match (left, right, parsed.value("delims")) {
        (None, None, None) => Ok(Delimiters::default()),
        (Some(left), Some(right), None) => Ok(Delimiters::new(left, right)),
        (_, _, None) => {
            Err(usage("--left-delim and --right-delim should always be used together".to_owned()))
        }
        (None, None, Some(both)) => match both.split(',').collect::<Vec<_>>().as_slice() {
            [left, right] => Ok(Delimiters::new(left, right)),
            _ => Err(usage(format!(
                "--delims should have exactly 2 values split by ',' but value was '{both}'"
            ))),
        },
        _ => Err(usage("either use --left-delim and --right-delim together or use --delims".to_owned())),
    }
}

fn args(words: &[String]) -> Result<Value, Failure> {
    let mut entries = std::collections::BTreeMap::new();
    for word in words {
        let Some((name, value)) = word.split_once('=') else {
            return Err(Failure::usage(format!("`{word}` is not KEY=VALUE"), "write it as KEY=VALUE"));
        };
        entries.insert(Key::text(name), Value::text(value));
    }
    Ok(Value::Map(Map::new(MapType::Texts, entries)))
}

/// The first of the four places that has the template.
fn find(project: &Project, name: &str, only_plan: bool) -> Result<PathBuf, Failure> {
    let own = [project.folder.join("templates"), project.folder.clone()];
    let plan = project.plan.iter().flat_map(|plan| [plan.join("templates"), plan.clone()]);
    let folders = own.into_iter().filter(|_| !only_plan).chain(plan);
    // An absolute name is still looked for below these folders.
    let relative = name.trim_start_matches('/');
    let searched: Vec<PathBuf> = folders.map(|folder| folder.join(relative)).collect();
    match searched.iter().find(|path| path.exists()) {
        Some(path) => Ok(path.clone()),
        None => Err(Failure::NoTemplate { name: name.to_owned(), searched }),
    }
}

fn dot(project: &Project, args: Value) -> Value {
    let path = |path: &Path| Value::from(path.display().to_string());
    let fields = vec![
        ("Vars", project.file.vars.clone()),
        ("Args", args),
        ("PlanPath", path(project.plan.as_deref().unwrap_or_else(|| Path::new("")))),
        ("ProjectPath", path(&project.folder)),
    ];
    Value::Record(Rc::new(Record::new("cmd.context", fields)))
}

/// Whole or not at all.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(Failure::file("create", folder))?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let fresh = path.with_file_name(name);
    fs::write(&fresh, text).map_err(Failure::file("write", &fresh))?;
    fs::rename(&fresh, path).map_err(Failure::file("write", path))
}
