//! Templates of plans.

use go_template::{Delimiters, Dialect, Map, NoWorld, Template, Value};

/// Loops and repetitions in a template are bounded by its author alone, so texts with numbers of three digits, which
/// could only fill the memory, are left out.
fn is_small(text: &str) -> bool {
    let mut run = 0;
    !text.chars().any(|character| {
        run = if character.is_ascii_alphanumeric() && character.is_ascii_hexdigit() { run + 1 } else { 0 };
        character.is_ascii_digit() && run > 2
    })
}

/// A template: parsed, and rendered when it could not run for long.
///
/// # Panics
/// Never: that is what is tried.
pub fn go_template(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(template) = Template::parse("fuzz", text, &Delimiters::default(), Dialect::Shuttle) else {
        return;
    };
    if is_small(text) {
        let dot = Value::Map(Map::dict([
            ("a", Value::text("x")),
            ("n", Value::Int(3)),
            ("l", Value::texts(["p", "q"])),
        ]));
        drop(template.render(&dot, &NoWorld));
    }
}
