//! Tokens and how messages show them.

use std::fmt;

use crate::format::quote;

/// One token.
#[derive(Clone, Debug)]
pub(crate) struct Token<'a> {
    pub(crate) kind: TokenKind,
    /// Where it starts, in bytes.
    pub(crate) pos: usize,
    pub(crate) line: usize,
    pub(crate) text: &'a str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    Error(String),
    End,
    Text,
    LeftDelimiter,
    RightDelimiter,
    Space,
    Bool,
    Char,
    CharConstant,
    Complex,
    Number,
    String,
    RawString,
    Assign,
    Declare,
    Pipe,
    LeftParen,
    RightParen,
    Dot,
    Field,
    Identifier,
    Variable,
    Keyword(Keyword),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keyword {
    Block,
    Break,
    Continue,
    Define,
    Else,
    End,
    If,
    Nil,
    Range,
    Template,
    With,
}

impl Keyword {
    pub(super) fn of(word: &str) -> Option<Self> {
        Some(match word {
            "block" => Self::Block,
            "break" => Self::Break,
            "continue" => Self::Continue,
            "define" => Self::Define,
            "else" => Self::Else,
            "end" => Self::End,
            "if" => Self::If,
            "nil" => Self::Nil,
            "range" => Self::Range,
            "template" => Self::Template,
            "with" => Self::With,
            _ => return None,
        })
    }
}

impl fmt::Display for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            TokenKind::End => f.write_str("EOF"),
            TokenKind::Error(message) => f.write_str(message),
            TokenKind::Keyword(_) | TokenKind::Dot => write!(f, "<{}>", self.text),
            _ if self.text.len() > 10 => {
                let head: String = self.text.chars().take(10).collect();
                write!(f, "{}...", quote::double(&head))
            }
            _ => f.write_str(&quote::double(self.text)),
        }
    }
}
