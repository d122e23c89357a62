//! YAML, against a parser that shares no code with ours.

use libyaml_safer::{EventData, NULL_TAG, Parser, ScalarStyle};
use yaml::{Content, Document, Node, Scalar};

/// What both parsers see of a text: its shape, and its scalars as they were written.
#[derive(Debug, PartialEq)]
enum Shape {
    /// However it is written, or not written at all.
    Null,
    Scalar(String),
    List(Vec<Shape>),
    Map(Vec<(Shape, Shape)>),
}

/// Any YAML. Where libyaml, the parent of go-yaml, reads the text too, both see the same lists, maps and scalars; texts
/// that only one of them reads are not compared, nor are those with aliases and merge keys, which libyaml leaves to its
/// caller. What can be said in JSON reads as the same from there, and what we print of it reads as the same as well.
///
/// # Panics
/// When it does not.
pub fn yaml(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(documents) = yaml::documents(text) else { return };
    if let Some(theirs) = libyaml(text) {
        let ours: Vec<Shape> = documents.iter().map(|document| shape(&document.root)).collect();
        assert!(are_alike(&ours, &theirs), "we read {ours:?}, libyaml {theirs:?}");
    }
    documents.iter().for_each(reads_again);
}

/// A document as JSON and as we print it.
fn reads_again(document: &Document) {
    let printed = yaml::to_string(&document.root.to_value());
    let again = yaml::documents(&printed).expect("what was printed is YAML");
    assert_eq!(again.len(), 1, "{printed}");
    let Ok(json) = document.to_json() else { return };
    assert_eq!(again[0].to_json().expect("what was JSON is still"), json, "{printed}");
    // A line of JSON may be longer than the key of a map in YAML, or hold what YAML 1.1 refuses.
    let Ok(from_json) = yaml::documents(&json.to_string()) else { return };
    if let [from_json] = from_json.as_slice()
        && let Ok(from_json) = from_json.to_json()
    {
        assert_eq!(from_json, json);
    }
}

fn shape(node: &Node) -> Shape {
    match &node.content {
        Content::Scalar { value: Scalar::Null, .. } => Shape::Null,
        Content::Scalar { .. } => Shape::Scalar(node.written().unwrap_or_default().to_owned()),
        Content::List(items) => Shape::List(items.iter().map(shape).collect()),
        Content::Map(entries) => {
            Shape::Map(entries.iter().map(|(key, value)| (shape(key), shape(value))).collect())
        }
    }
}

/// Ours leave out documents that hold nothing.
fn are_alike(ours: &[Shape], theirs: &[Shape]) -> bool {
    let mut ours = ours.iter();
    let mut next = ours.next();
    for theirs in theirs {
        if next == Some(theirs) {
            next = ours.next();
        } else if *theirs != Shape::Null {
            return false;
        }
    }
    next.is_none()
}

/// A scalar of libyaml's, which knows no types.
fn scalar(text: String, tag: Option<&str>, style: ScalarStyle) -> Shape {
    let is_null = matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL")
        && (tag == Some(NULL_TAG) || (tag.is_none() && style == ScalarStyle::Plain));
    if is_null { Shape::Null } else { Shape::Scalar(text) }
}

/// The documents of a text as libyaml sees them; `None` when it does not read it, or leaves something to us.
fn libyaml(text: &str) -> Option<Vec<Shape>> {
    // Where the two versions of YAML part: breaks of lines in the older and characters in the newer one, what the name of
    // an anchor may hold; and a mark that only the first of a stream is.
    if text.contains(['\u{85}', '\u{2028}', '\u{2029}', '\u{feff}', '&', '*']) {
        return None;
    }
    // This libyaml panics where a block of text ends with the file.
    if !text.ends_with('\n') {
        return None;
    }
    let mut input = text.as_bytes();
    let mut parser = Parser::new();
    parser.set_input_string(&mut input);
    let mut documents = Vec::new();
    let mut open: Vec<Vec<Shape>> = Vec::new();
    for event in parser {
        let done = match event.ok()?.data {
            EventData::Alias { .. } => return None,
            EventData::Scalar { value, .. } if value == "<<" => return None,
            EventData::Scalar { value, tag, style, .. } => scalar(value, tag.as_deref(), style),
            EventData::SequenceStart { .. } | EventData::MappingStart { .. } => {
                open.push(Vec::new());
                continue;
            }
            EventData::SequenceEnd => Shape::List(open.pop()?),
            EventData::MappingEnd => Shape::Map(pairs(open.pop()?)),
            EventData::StreamStart { .. }
            | EventData::StreamEnd
            | EventData::DocumentStart { .. }
            | EventData::DocumentEnd { .. } => continue,
        };
        match open.last_mut() {
            Some(parent) => parent.push(done),
            None => documents.push(done),
        }
    }
    Some(documents)
}

fn pairs(items: Vec<Shape>) -> Vec<(Shape, Shape)> {
    let mut items = items.into_iter();
    std::iter::from_fn(|| Some((items.next()?, items.next()?))).collect()
}
