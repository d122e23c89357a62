//! The tree that a document is read into.

use crate::Value;

/// Where something stands in the text; both count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

/// A value and where it was written. What an alias stands for keeps the position of its anchor.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where it starts.
    pub position: Position,
    /// What it is.
    pub content: Content,
}

/// What a node holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A single value.
    Scalar {
        /// The value, typed by YAML 1.1 rules.
        value: Scalar,
        /// The text it was read from, where that is not the value itself.
        written: Option<Box<str>>,
    },
    /// A sequence.
    List(Vec<Node>),
    /// A mapping in the order of the text; keys are scalars and differ from each other.
    Map(Vec<(Node, Node)>),
}

/// A single value.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// `null`, `~`, or nothing at all.
    Null,
    /// `true`, `yes`, `on` and their opposites.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number above the signed range.
    Uint(u64),
    /// Any other number.
    Float(f64),
    /// Text.
    Text(String),
}

impl Node {
    /// Whether this is null.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self.content, Content::Scalar { value: Scalar::Null, .. })
    }

    /// The text of a scalar as it was written, whatever its type; `None` for collections.
    #[must_use]
    pub fn written(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar { written: Some(text), .. } => Some(text),
            Content::Scalar { value: Scalar::Text(text), .. } => Some(text),
            Content::Scalar { .. } => Some(""),
            Content::List(_) | Content::Map(_) => None,
        }
    }

    /// The entries of a map; `None` for anything else.
    #[must_use]
    pub fn entries(&self) -> Option<&[(Node, Node)]> {
        match &self.content {
            Content::Map(entries) => Some(entries),
            Content::List(_) | Content::Scalar { .. } => None,
        }
    }

    /// The items of a list; `None` for anything else.
    #[must_use]
    pub fn items(&self) -> Option<&[Node]> {
        match &self.content {
            Content::List(items) => Some(items),
            Content::Map(_) | Content::Scalar { .. } => None,
        }
    }

    /// The value under a text key of a map.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Node> {
        let is_name = |key: &Node| matches!(&key.content, Content::Scalar { value: Scalar::Text(text), .. } if text == name);
        self.entries()?.iter().find(|(key, _)| is_name(key)).map(|(_, value)| value)
    }

    /// The same value without positions.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match &self.content {
            Content::Scalar { value, .. } => Value::Scalar(value.clone()),
            Content::List(items) => Value::List(items.iter().map(Self::to_value).collect()),
            Content::Map(entries) => {
                Value::Map(entries.iter().map(|(key, value)| (key.to_value(), value.to_value())).collect())
            }
        }
    }

    /// The YAML type in the words of go-yaml's messages.
    #[must_use]
    pub fn tag(&self) -> &'static str {
        match &self.content {
            Content::Scalar { value, .. } => value.tag(),
            Content::List(_) => "!!seq",
            Content::Map(_) => "!!map",
        }
    }
}

impl Scalar {
    /// The YAML type in the words of go-yaml's messages.
    #[must_use]
    pub fn tag(&self) -> &'static str {
        match self {
            Self::Null => "!!null",
            Self::Bool(_) => "!!bool",
            Self::Int(_) | Self::Uint(_) => "!!int",
            Self::Float(_) => "!!float",
            Self::Text(_) => "!!str",
        }
    }
}
