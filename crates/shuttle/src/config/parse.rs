//! From YAML to the two files.

use std::path::Path;

use go_template::{Key, Map, MapType, Value};
use yaml::{Content, Node, Scalar};

use super::fields::{Reader, SCRIPT_FIELDS};
use super::{Action, Argument, ConfigError, Fault, ProjectFile, Script, Scripts};

/// Reads the text of `shuttle.yaml`.
///
/// # Errors
/// With every fault of the file.
pub fn parse_project(path: &Path, text: &str) -> Result<ProjectFile, ConfigError> {
    let invalid = |faults| ConfigError::Invalid { path: path.to_owned(), is_plan: false, faults };
    let root = root(text).map_err(invalid)?;
    let mut reader = Reader::default();
    reader.fields(&root, &["plan", "vars", "scripts"]);
    let plan = plan(&mut reader, &root);
    let vars = vars(&mut reader, root.field("vars"));
    let scripts = scripts(&mut reader, root.field("scripts"));
    let faults = reader.finish();
    if faults.is_empty() { Ok(ProjectFile { plan, vars, scripts }) } else { Err(invalid(faults)) }
}

/// Reads the text of `plan.yaml`.
///
/// # Errors
/// With every fault of the file.
pub fn parse_plan(path: &Path, text: &str) -> Result<Scripts, ConfigError> {
    let invalid = |faults| ConfigError::Invalid { path: path.to_owned(), is_plan: true, faults };
    let root = root(text).map_err(invalid)?;
    let mut reader = Reader::default();
    reader.fields(&root, &["documentation", "vars", "scripts"]);
    reader.text(&root, "documentation");
    let scripts = scripts(&mut reader, root.field("scripts"));
    let faults = reader.finish();
    if faults.is_empty() { Ok(scripts) } else { Err(invalid(faults)) }
}

/// The first document; what follows is not looked at.
fn root(text: &str) -> Result<Node, Vec<Fault>> {
    let fault = |line, message: String| vec![Fault { line, message }];
    let documents = yaml::documents(text).map_err(|error| fault(error.line(), error.problem.to_string()))?;
    documents
        .into_iter()
        .next()
        .map(|document| document.root)
        .ok_or_else(|| fault(1, "it is empty".to_owned()))
}

fn plan(reader: &mut Reader, root: &Node) -> Option<String> {
    match root.field("plan").map(|node| (node, &node.content)) {
        Some((_, Content::Scalar { value: Scalar::Text(text), .. })) => {
            Some(text.clone()).filter(|text| !text.is_empty())
        }
        Some((_, Content::Scalar { value: Scalar::Bool(false), .. })) => None,
        Some((node, Content::Scalar { value: Scalar::Null, .. })) => {
            reader.fault(node, "`plan` has no value; write `plan: false` for none");
            None
        }
        Some((node, _)) => {
            reader.fault(node, "`plan` is neither a text nor `false`");
            None
        }
        None => {
            reader.fault(root, "`plan` is missing; write `plan: false` for none");
            None
        }
    }
}

/// The variables: text keys on the first level, keys of any type below.
fn vars(reader: &mut Reader, node: Option<&Node>) -> Value {
    let mut entries = std::collections::BTreeMap::new();
    for (key, value) in reader.entries(node) {
        let name = if key.is_null() { "" } else { key.written().unwrap_or_default() };
        entries.insert(Key::text(name), Value::from(&value.to_value()));
    }
    Value::Map(Map::new(MapType::Dict, entries))
}

fn scripts(reader: &mut Reader, node: Option<&Node>) -> Scripts {
    let mut scripts = Scripts::new();
    for (name, node) in reader.entries(node) {
        let script = if node.is_null() { Script::default() } else { script(reader, node) };
        scripts.insert(name.written().unwrap_or_default().to_owned(), script);
    }
    scripts
}

fn script(reader: &mut Reader, node: &Node) -> Script {
    reader.fields(node, SCRIPT_FIELDS);
    let actions = reader.items(node, "actions").iter().map(|node| action(reader, node)).collect();
    let args = reader.items(node, "args").iter().map(|node| argument(reader, node)).collect();
    Script { description: reader.text(node, "description"), actions, args }
}

fn action(reader: &mut Reader, node: &Node) -> Action {
    reader.fields(node, &["shell", "dockerfile", "task"]);
    Action {
        shell: reader.text(node, "shell"),
        dockerfile: reader.text(node, "dockerfile"),
        task: reader.text(node, "task"),
    }
}

fn argument(reader: &mut Reader, node: &Node) -> Argument {
    reader.fields(node, &["name", "required", "description", "type"]);
    Argument {
        name: reader.text(node, "name"),
        required: reader.flag(node, "required"),
        description: reader.text(node, "description"),
        kind: reader.text(node, "type"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> String {
        parse_project(Path::new("shuttle.yaml"), text).unwrap_err().to_string()
    }

    #[test]
    fn a_project_is_read() {
        let text = "plan: ../plan\nvars:\n  service: web\n  1: one\n  on: {y: 2}\nscripts:\n  a:\n    description: 5\n    \
                    actions: [{shell: x}]\n    args: [{name: n, required: yes, type: bool}]\n  b:\n";
        let file = parse_project(Path::new("shuttle.yaml"), text).unwrap();
        assert_eq!(file.plan.as_deref(), Some("../plan"));
        assert_eq!(format!("{:?}", file.vars.to_yaml()).matches("Text").count(), 5);
        let script = &file.scripts["a"];
        assert_eq!((script.description.as_str(), script.actions[0].shell.as_str()), ("5", "x"));
        assert!(script.args[0].required && script.args[0].kind == "bool");
        assert_eq!(file.scripts["b"], Script::default());
        assert!(parse_project(Path::new("shuttle.yaml"), "plan: no\n---\nx: 1").unwrap().plan.is_none());
    }

    #[test]
    fn all_faults_are_told_with_their_lines() {
        let table = [
            ("", "line 1: it is empty"),
            ("plan: x\nplan: y", "line 2: key \"plan\" already set in map"),
            ("vars: {}", "line 1: `plan` is missing; write `plan: false` for none"),
            ("plan:", "line 1: `plan` has no value; write `plan: false` for none"),
            ("plan: true", "line 1: `plan` is neither a text nor `false`"),
            ("plan: x\nscripts: [a]", "line 2: a map is wanted, not a list"),
            (
                "plan: x\nfoo: 1\nscripts:\n  a:\n    action: []\n    args:\n      - nam: x\n        required: maybe\n",
                "line 2: there is no field `foo`, only plan, vars, scripts; line 5: there is no field `action`, only \
                 description, actions, args; line 7: there is no field `nam`, only name, required, description, type; \
                 line 8: `required` is neither true nor false",
            ),
        ];
        for (text, want) in table {
            assert_eq!(faults(text), format!("shuttle.yaml is not valid: {want}"), "{text}");
        }
    }
}
