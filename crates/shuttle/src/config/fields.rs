//! Taking fields out of a map, noting what does not fit.

use yaml::{Content, Node, Scalar};

use super::Fault;

/// The fields of a script.
pub(super) const SCRIPT_FIELDS: &[&str] = &["description", "actions", "args"];

/// Reads fields and keeps the faults it meets.
#[derive(Debug, Default)]
pub(super) struct Reader {
    faults: Vec<Fault>,
}

impl Reader {
    pub(super) fn fault(&mut self, node: &Node, message: impl Into<String>) {
        self.faults.push(Fault { line: node.position.line, message: message.into() });
    }

    /// The faults in the order of their lines.
    pub(super) fn finish(mut self) -> Vec<Fault> {
        self.faults.sort_by_key(|fault| fault.line);
        self.faults
    }

    /// Notes every field of a map that is not among the known ones.
    pub(super) fn fields(&mut self, node: &Node, known: &[&str]) {
        for (key, _) in self.entries(Some(node)) {
            let name = key.written().unwrap_or_default();
            if !known.contains(&name) {
                self.fault(key, format!("there is no field `{name}`, only {}", known.join(", ")));
            }
        }
    }

    /// The entries of a map, none for nothing.
    pub(super) fn entries<'a>(&mut self, node: Option<&'a Node>) -> &'a [(Node, Node)] {
        let Some(node) = node.filter(|node| !node.is_null()) else { return &[] };
        node.entries().unwrap_or_else(|| {
            self.fault(node, format!("a map is wanted, not {}", what(node)));
            &[]
        })
    }

    /// The items of a list in a field, none for nothing.
    pub(super) fn items<'a>(&mut self, node: &'a Node, name: &str) -> &'a [Node] {
        let Some(node) = node.field(name).filter(|node| !node.is_null()) else { return &[] };
        node.items().unwrap_or_else(|| {
            self.fault(node, format!("`{name}` is {}, not a list", what(node)));
            &[]
        })
    }

    /// The text in a field: of any scalar, as it was written.
    pub(super) fn text(&mut self, node: &Node, name: &str) -> String {
        let Some(node) = node.field(name).filter(|node| !node.is_null()) else { return String::new() };
        match &node.content {
            Content::Scalar { value: Scalar::Text(text), .. } => text.clone(),
            Content::Scalar { .. } => node.written().unwrap_or_default().to_owned(),
            Content::List(_) | Content::Map(_) => {
                self.fault(node, format!("`{name}` is {}, not a text", what(node)));
                String::new()
            }
        }
    }

    /// The truth in a field.
    pub(super) fn flag(&mut self, node: &Node, name: &str) -> bool {
        match node.field(name).map(|node| (node, &node.content)) {
            None | Some((_, Content::Scalar { value: Scalar::Null, .. })) => false,
            Some((_, Content::Scalar { value: Scalar::Bool(flag), .. })) => *flag,
            Some((node, _)) => {
                self.fault(node, format!("`{name}` is neither true nor false"));
                false
            }
        }
    }
}

fn what(node: &Node) -> &'static str {
    match &node.content {
        Content::List(_) => "a list",
        Content::Map(_) => "a map",
        Content::Scalar { .. } => "a single value",
    }
}
