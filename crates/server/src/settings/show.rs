//! The settings as they hold, each with where it comes from. The text is a configuration file itself.

use super::{Origin, Setting};

/// What is shown of a secret.
const MASK: &str = "***";

/// One line a setting; those without a value are left out.
pub(crate) fn show(settings: &[Setting]) -> String {
    let lines = settings.iter().filter(|setting| setting.values.iter().any(|value| !value.is_empty()));
    let lines: Vec<(String, String)> = lines
        .map(|setting| (format!("{}: {}", setting.name, value(setting)), origin(&setting.origin)))
        .collect();
    let width = lines.iter().map(|(line, _)| line.chars().count()).max().unwrap_or_default().min(60);
    lines.iter().map(|(line, origin)| format!("{line:width$}  # {origin}\n")).collect()
}

fn value(setting: &Setting) -> String {
    let shown = |value: &String| if setting.is_secret { quoted(MASK) } else { plain(value) };
    match setting.values.as_slice() {
        values if setting.is_list => {
            let values: Vec<String> =
                values.iter().map(|value| quoted(if setting.is_secret { MASK } else { value })).collect();
            format!("[{}]", values.join(", "))
        }
        values => values.last().map(shown).unwrap_or_default(),
    }
}

/// A text that YAML reads back as it is.
fn plain(text: &str) -> String {
    let is_plain = text.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '/')
        && !text.ends_with(':')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "._/@:-".contains(c))
        && !text.eq_ignore_ascii_case("null");
    if is_plain { text.to_owned() } else { quoted(text) }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn origin(origin: &Origin) -> String {
    match origin {
        Origin::Default => "default".to_owned(),
        Origin::File(path, line) => format!("{}:{line}", path.display()),
        Origin::Variable(name) => format!("variable {name}"),
        Origin::Flag => "flag".to_owned(),
    }
}
