//! From tokens to a tree.

mod control;
mod pipeline;

use std::collections::BTreeMap;

use crate::error::ParseError;
use crate::lex::{Token, TokenKind, tokens};
use crate::node::Node;
use crate::{Delimiters, Dialect};

/// How deep parentheses and control structures may nest together.
const DEPTH_LIMIT: usize = 150;

/// The templates of one text, by name.
pub(crate) type Trees = BTreeMap<String, Vec<Node>>;

/// Parses a text that is the template `name` and may define others.
pub(crate) fn parse(
    name: &str,
    text: &str,
    delimiters: &Delimiters,
    dialect: Dialect,
) -> Result<Trees, ParseError> {
    let mut parser = Parser {
        name,
        tokens: tokens(text, delimiters),
        next: 0,
        furthest: 0,
        variables: vec!["$".to_owned()],
        depth: 0,
        range_depth: 0,
        action_line: 0,
        dialect,
        trees: Trees::new(),
    };
    let root = parser.top_level()?;
    parser.add(name.to_owned(), root)?;
    Ok(parser.trees)
}

struct Parser<'a> {
    name: &'a str,
    tokens: Vec<Token<'a>>,
    next: usize,
    /// One behind the last token that was looked at: its line is the line of an error.
    furthest: usize,
    variables: Vec<String>,
    depth: usize,
    range_depth: usize,
    action_line: usize,
    dialect: Dialect,
    trees: Trees,
}

/// What ends a list of nodes.
enum Stop {
    End,
    Else,
}

impl<'a> Parser<'a> {
    fn next(&mut self) -> Token<'a> {
        let last = self.tokens.len() - 1;
        let at = self.next.min(last);
        self.next = at + 1;
        self.furthest = self.furthest.max(self.next);
        self.tokens[at].clone()
    }

    fn backup(&mut self) {
        self.next -= 1;
    }

    fn peek(&mut self) -> Token<'a> {
        let token = self.next();
        self.backup();
        token
    }

    fn next_non_space(&mut self) -> Token<'a> {
        loop {
            let token = self.next();
            if token.kind != TokenKind::Space {
                return token;
            }
        }
    }

    fn peek_non_space(&mut self) -> Token<'a> {
        let token = self.next_non_space();
        self.backup();
        token
    }

    fn expect(&mut self, kind: &TokenKind, context: &str) -> Result<Token<'a>, ParseError> {
        let token = self.next_non_space();
        if token.kind == *kind { Ok(token) } else { Err(self.unexpected(&token, context)) }
    }

    fn error(&self, message: impl Into<String>) -> ParseError {
        let line = self.furthest.checked_sub(1).map_or(1, |last| self.tokens[last].line);
        ParseError { name: self.name.to_owned(), line, message: message.into() }
    }

    fn unexpected(&self, token: &Token<'_>, context: &str) -> ParseError {
        let TokenKind::Error(message) = &token.kind else {
            return self.error(format!("unexpected {token} in {context}"));
        };
        if self.action_line == 0 || self.action_line == token.line {
            return self.error(message.clone());
        }
        let action = if message.ends_with(" action") { "" } else { " in action" };
        self.error(format!("{message}{action} started at {}:{}", self.name, self.action_line))
    }

    /// Counts one more level of nesting.
    fn enter(&mut self) -> Result<(), ParseError> {
        self.depth += 1;
        if self.depth > DEPTH_LIMIT { Err(self.error("max expression depth exceeded")) } else { Ok(()) }
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Keeps a template under its name; only one with content may do so.
    fn add(&mut self, name: String, nodes: Vec<Node>) -> Result<(), ParseError> {
        match self.trees.get(&name) {
            Some(known) if !is_empty(known) => {
                if is_empty(&nodes) {
                    return Ok(());
                }
                let quoted = crate::format::quote::double(&name);
                Err(self.error(format!("template: multiple definition of template {quoted}")))
            }
            _ => {
                self.trees.insert(name, nodes);
                Ok(())
            }
        }
    }
}

fn is_empty(nodes: &[Node]) -> bool {
    nodes.iter().all(|node| matches!(node, Node::Text(text) if text.trim().is_empty()))
}
