//! The Kubernetes objects in a file, each with its lines.

use yaml::Node;

/// A piece of a file: one object, or all of it where it is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Object {
    /// `Deployment web`, with the namespace before the name where one is given; empty for a piece that is no object.
    pub(crate) name: String,
    /// The line of the file it begins on, from 1.
    pub(crate) line: usize,
    /// Its text.
    pub(crate) text: String,
}

/// The objects of a file, in its order. A file that cannot be read as objects is one piece.
pub(crate) fn objects(text: &str) -> Vec<Object> {
    let pieces = pieces(text);
    let named: Option<Vec<Object>> = pieces
        .into_iter()
        .filter(|(_, piece)| holds_something(piece))
        .map(|(line, text)| Some(Object { name: name(&text)?, line, text }))
        .collect();
    match named {
        Some(objects) if !objects.is_empty() && all_differ(&objects) => objects,
        _ if text.is_empty() => Vec::new(),
        _ => vec![Object { name: String::new(), line: 1, text: text.to_owned() }],
    }
}

/// The text between the lines that part documents, with the line each begins on.
fn pieces(text: &str) -> Vec<(usize, String)> {
    let mut pieces = vec![(1, String::new())];
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let content = line.trim_end();
        if content == "---" || content.starts_with("--- ") {
            pieces.push((index + 2, String::new()));
        } else if let Some((_, piece)) = pieces.last_mut() {
            piece.push_str(line);
        }
    }
    pieces
}

fn holds_something(piece: &str) -> bool {
    piece.lines().map(str::trim).any(|line| !line.is_empty() && !line.starts_with('#'))
}

fn name(text: &str) -> Option<String> {
    let documents = yaml::documents(text).ok()?;
    let [document] = documents.as_slice() else { return None };
    let field = |node: &Node, name: &str| node.field(name).and_then(Node::written).map(str::to_owned);
    let kind = field(&document.root, "kind").filter(|kind| !kind.is_empty())?;
    let metadata = document.root.field("metadata")?;
    let name = field(metadata, "name").filter(|name| !name.is_empty())?;
    Some(match field(metadata, "namespace").filter(|namespace| !namespace.is_empty()) {
        Some(namespace) => format!("{kind} {namespace}/{name}"),
        None => format!("{kind} {name}"),
    })
}

fn all_differ(objects: &[Object]) -> bool {
    let mut names: Vec<&str> = objects.iter().map(|object| object.name.as_str()).collect();
    names.sort_unstable();
    names.windows(2).all(|pair| pair[0] != pair[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<(String, usize)> {
        objects(text).into_iter().map(|object| (object.name, object.line)).collect()
    }

    #[test]
    fn a_file_is_its_objects_with_their_lines() {
        let text = "# generated\n---\nkind: Deployment\nmetadata: {name: web, namespace: pay}\n---\n# only a comment\n---\nkind: Service\nmetadata:\n  name: web\n";
        assert_eq!(names(text), [("Deployment pay/web".to_owned(), 3), ("Service web".to_owned(), 8)]);
    }

    #[test]
    fn what_is_no_objects_is_one_piece() {
        for text in [
            "a: 1\n",
            "not: [yaml",
            "kind: A\n---\nkind: B\n",
            "kind: A\nmetadata: {name: x}\n---\nkind: A\nmetadata: {name: x}\n",
            "#!/bin/sh\necho\n",
        ] {
            assert_eq!(names(text), [(String::new(), 1)], "{text}");
        }
        assert!(names("").is_empty());
    }
}
