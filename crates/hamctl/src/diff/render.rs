//! A change as people read it: what happens to which object, then the lines, file by file.

use std::fmt::Write;

use api::{ChangedFile, FileText};
use similar::{ChangeTag, TextDiff};
use terminal::Tone;

use super::objects::{Object, objects};

/// Lines around a change that are shown with it.
const CONTEXT: usize = 3;

/// How a piece of text is coloured.
pub(super) type Paint<'p> = &'p dyn Fn(Tone, &str) -> String;

/// What becomes of one object of a file.
struct Change {
    before: Option<Object>,
    after: Option<Object>,
}

/// All files: a list of the objects, then the differences.
pub(super) fn text(files: &[ChangedFile], paint: Paint<'_>) -> String {
    let (mut list, mut lines) = (String::new(), String::new());
    for file in files {
        let changes = changes(file);
        for change in &changes {
            list.push_str(&listed(file, change, paint));
        }
        if changes.is_empty() {
            list.push_str(&paint(
                Tone::Strong,
                &format!("  {} {}\n", sign(file.before.is_some(), file.after.is_some()), file.name),
            ));
        }
        lines.push_str(&whole_file(file, &changes, paint));
    }
    if list.is_empty() { String::new() } else { format!("{list}\n{lines}\n") }
}

/// `~` for what changes, `+` for what comes, `-` for what goes.
fn sign(before: bool, after: bool) -> char {
    match (before, after) {
        (true, true) => '~',
        (false, _) => '+',
        (true, false) => '-',
    }
}

fn listed(file: &ChangedFile, change: &Change, paint: Paint<'_>) -> String {
    let sign = sign(change.before.is_some(), change.after.is_some());
    let tone = match sign {
        '+' => Tone::Good,
        '-' => Tone::Removed,
        _ => Tone::Warn,
    };
    let sign = paint(tone, &sign.to_string());
    match name(change) {
        "" => format!("  {sign} {}\n", file.name),
        name => format!("  {sign} {name} ({})\n", file.name),
    }
}

fn name(change: &Change) -> &str {
    change.after.as_ref().or(change.before.as_ref()).map_or("", |object| &object.name)
}

/// The objects of either side, those of one name together; only those that differ.
fn changes(file: &ChangedFile) -> Vec<Change> {
    let side = |side: &Option<FileText>| side.as_ref().map(|side| objects(&side.text)).unwrap_or_default();
    let (mut before, after) = (side(&file.before), side(&file.after));
    let is_plain = |objects: &[Object]| objects.iter().any(|object| object.name.is_empty());
    // A side that is no objects can only be compared as a whole.
    if (is_plain(&before) || is_plain(&after)) && !(before.is_empty() || after.is_empty()) {
        let whole = |side: &Option<FileText>| {
            side.as_ref().map(|side| Object { name: String::new(), line: 1, text: side.text.clone() })
        };
        return vec![Change { before: whole(&file.before), after: whole(&file.after) }];
    }
    let mut changes: Vec<Change> = Vec::new();
    for object in after {
        let same = before.iter().position(|old| old.name == object.name);
        let old = same.map(|index| before.remove(index));
        if old.as_ref().is_none_or(|old| old.text != object.text) {
            changes.push(Change { before: old, after: Some(object) });
        }
    }
    changes.extend(before.into_iter().map(|old| Change { before: Some(old), after: None }));
    changes
}

fn whole_file(file: &ChangedFile, changes: &[Change], paint: Paint<'_>) -> String {
    let title = |sign: &str, side: &Option<FileText>| {
        let name = if side.is_some() { file.name.as_str() } else { "/dev/null" };
        format!("{}\n", paint(Tone::Strong, &format!("{sign} {name}")))
    };
    let mut text = title("---", &file.before) + &title("+++", &file.after);
    for (sign, tone, side) in [('-', Tone::Removed, &file.before), ('+', Tone::Good, &file.after)] {
        if let Some(side) = side.as_ref().filter(|side| !side.omitted.is_empty()) {
            text.push_str(&format!("{}\n", paint(tone, &format!("{sign} not shown: {}", side.omitted))));
        }
    }
    for change in changes {
        hunks(&mut text, change, paint);
    }
    text
}

fn hunks(text: &mut String, change: &Change, paint: Paint<'_>) {
    let side =
        |object: &Option<Object>| object.as_ref().map_or((String::new(), 0), |o| (o.text.clone(), o.line));
    let ((old, old_line), (new, new_line)) = (side(&change.before), side(&change.after));
    let diff = TextDiff::from_lines(old.as_str(), new.as_str());
    for group in diff.grouped_ops(CONTEXT) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
        let range = |start: usize, end: usize, line: usize| match end - start {
            0 => format!("{},0", (start + line).saturating_sub(1)),
            1 => format!("{}", start + line),
            count => format!("{},{count}", start + line),
        };
        let head = format!(
            "@@ -{} +{} @@ {}",
            range(first.old_range().start, last.old_range().end, old_line),
            range(first.new_range().start, last.new_range().end, new_line),
            name(change)
        );
        let _infallible = writeln!(text, "{}", paint(Tone::Hint, head.trim_end()));
        for op in &group {
            for line in diff.iter_changes(op) {
                let (sign, tone) = match line.tag() {
                    ChangeTag::Delete => ('-', Some(Tone::Removed)),
                    ChangeTag::Insert => ('+', Some(Tone::Good)),
                    ChangeTag::Equal => (' ', None),
                };
                let content = format!("{sign}{}", line.value().trim_end_matches(['\n', '\r']));
                text.push_str(&tone.map_or_else(|| content.clone(), |tone| paint(tone, &content)));
                text.push('\n');
                if line.missing_newline() {
                    text.push_str("\\ No newline at end of file\n");
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
