//! From parser events to documents.
//!
//! The tree is built with a stack of open collections, so that nesting costs no call depth, and what aliases
//! add is counted before it is copied.

use std::borrow::Cow;
use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span, Tag};

use crate::{Content, Node, Position, Problem, Scalar, YamlError, control, keys, resolve};

/// How deep collections may nest, aliases included.
const DEPTH_LIMIT: usize = 256;

/// How many bytes anchors and aliases may add to the documents of one text.
const COPY_LIMIT: usize = 32 << 20;

/// What a node weighs beside its text.
const NODE_WEIGHT: usize = 64;

const YAML_NAMESPACE: &str = "tag:yaml.org,2002:";

/// One document of a stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The line its content starts on, counted from 1.
    pub line: usize,
    /// Its content, never null.
    pub root: Node,
}

/// Reads all documents of a text; documents without content are left out.
///
/// ```
/// let documents = yaml::documents("a: 1\n---\n# nothing\n---\nb: [yes]\n")?;
/// assert_eq!(documents[1].line, 5);
/// assert_eq!(documents[1].to_json()?, serde_json::json!({"b": [true]}));
/// # Ok::<(), yaml::YamlError>(())
/// ```
///
/// # Errors
/// When the text is not YAML, repeats a key, or is made to exhaust memory.
pub fn documents(text: &str) -> Result<Vec<Document>, YamlError> {
    control::check(text)?;
    let options = granit_parser::options! {
        emit_comments: false,
        block_scalar_eof_without_line_feed: true,
    };
    let mut builder = Builder::default();
    for item in Parser::new_from_str_with_options(text, options) {
        let (event, span) = item.map_err(|error| syntax(&error))?;
        builder.take(event, &span)?;
    }
    Ok(builder.documents)
}

fn syntax(error: &ScanError) -> YamlError {
    let position = Position { line: error.marker().line(), column: error.marker().col() + 1 };
    Problem::Syntax(error.info()).at(position)
}

/// A finished node, with what it costs to repeat it.
#[derive(Clone)]
struct Built {
    node: Node,
    weight: usize,
    height: usize,
    is_merge: bool,
}

/// A collection that is not closed yet.
struct Open {
    position: Position,
    anchor: usize,
    weight: usize,
    height: usize,
    items: Items,
}

enum Items {
    List(Vec<Node>),
    Map { entries: Vec<(Node, Node)>, merges: Vec<Node>, key: Option<Built> },
}

/// The bytes of all copies.
#[derive(Default)]
struct Copied(usize);

impl Copied {
    /// Counts what is about to be copied.
    fn count(&mut self, weight: usize, position: Position) -> Result<(), YamlError> {
        self.0 += weight;
        if self.0 > COPY_LIMIT { Err(Problem::TooManyAliases.at(position)) } else { Ok(()) }
    }
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    anchors: HashMap<usize, Built>,
    copied: Copied,
    documents: Vec<Document>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: &Span) -> Result<(), YamlError> {
        let position = Position { line: span.start.line(), column: span.start.col() + 1 };
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let built = scalar(text, style, tag.as_deref(), position)?;
                self.finish(built, anchor)
            }
            Event::SequenceStart(_, anchor, _) => self.push(position, anchor, Items::List(Vec::new())),
            Event::MappingStart(_, anchor, _) => {
                let items = Items::Map { entries: Vec::new(), merges: Vec::new(), key: None };
                self.push(position, anchor, items)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Alias(id) => self.alias(id, position),
            Event::DocumentStart(..) => {
                self.anchors.clear();
                Ok(())
            }
            // Stream and document ends, comments: nothing of the tree.
            _ => Ok(()),
        }
    }

    fn push(&mut self, position: Position, anchor: usize, items: Items) -> Result<(), YamlError> {
        if self.open.len() >= DEPTH_LIMIT {
            return Err(Problem::TooDeep(DEPTH_LIMIT).at(position));
        }
        self.open.push(Open { position, anchor, weight: NODE_WEIGHT, height: 1, items });
        Ok(())
    }

    fn close(&mut self) -> Result<(), YamlError> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let content = match open.items {
            Items::List(items) => Content::List(items),
            Items::Map { mut entries, merges, .. } => {
                keys::check(&entries)?;
                keys::merge(&mut entries, merges)?;
                Content::Map(entries)
            }
        };
        let node = Node { position: open.position, content };
        let built = Built { node, weight: open.weight, height: open.height, is_merge: false };
        self.finish(built, open.anchor)
    }

    fn alias(&mut self, id: usize, position: Position) -> Result<(), YamlError> {
        let Some(target) = self.anchors.get(&id) else { return Err(Problem::Recursive.at(position)) };
        self.copied.count(target.weight, position)?;
        if self.open.len() + target.height > DEPTH_LIMIT {
            return Err(Problem::TooDeep(DEPTH_LIMIT).at(position));
        }
        let built = target.clone();
        self.finish(built, 0)
    }

    /// Puts a finished node where it belongs.
    fn finish(&mut self, built: Built, anchor: usize) -> Result<(), YamlError> {
        if anchor != 0 {
            // What is kept for aliases is a copy as well.
            self.copied.count(built.weight, built.node.position)?;
            self.anchors.insert(anchor, Built { is_merge: false, ..built.clone() });
        }
        let Some(parent) = self.open.last_mut() else {
            if !built.node.is_null() {
                self.documents.push(Document { line: built.node.position.line, root: built.node });
            }
            return Ok(());
        };
        parent.weight += built.weight;
        parent.height = parent.height.max(built.height + 1);
        match &mut parent.items {
            Items::List(items) => items.push(built.node),
            Items::Map { entries, merges, key } => match key.take() {
                None => *key = Some(built),
                Some(key) if key.is_merge => merges.push(built.node),
                Some(key) => entries.push((key.node, built.node)),
            },
        }
        Ok(())
    }
}

fn scalar(
    text: Cow<'_, str>,
    style: ScalarStyle,
    tag: Option<&Tag>,
    position: Position,
) -> Result<Built, YamlError> {
    let mut is_merge = false;
    let value = match tag.map(|tag| tag.suffix_in_namespace(YAML_NAMESPACE)) {
        // A tag of somebody else's: go-yaml keeps the text.
        Some(None) => Scalar::Text(text.clone().into_owned()),
        Some(Some(name)) => {
            is_merge = name == "merge" && text == "<<";
            resolve::tagged(&name, &text).map_err(|problem| problem.at(position))?
        }
        None if style != ScalarStyle::Plain => Scalar::Text(text.clone().into_owned()),
        None => match resolve::plain(&text) {
            resolve::Resolved::Scalar(value) => value,
            resolve::Resolved::Timestamp => Scalar::Text(text.clone().into_owned()),
            resolve::Resolved::Merge => {
                is_merge = true;
                Scalar::Text(text.clone().into_owned())
            }
        },
    };
    let weight = NODE_WEIGHT + text.len();
    let is_text = matches!(&value, Scalar::Text(same) if *same == text);
    let written = if is_text { None } else { Some(text.into()) };
    let node = Node { position, content: Content::Scalar { value, written } };
    Ok(Built { node, weight, height: 1, is_merge })
}
