//! From text to tokens.
//!
//! Outside of delimiters everything is text; inside, blanks are tokens, because `.a.b` and `.a .b` differ. Trim
//! markers and comments never leave this file.

mod action;
mod token;

pub(crate) use token::{Keyword, Token, TokenKind};

use crate::Delimiters;

const SPACES: [char; 4] = [' ', '\t', '\r', '\n'];

/// All tokens of a template; the last one is the end or an error.
pub(crate) fn tokens<'a>(input: &'a str, delimiters: &'a Delimiters) -> Vec<Token<'a>> {
    let mut lexer = Lexer {
        input,
        left: &delimiters.left,
        right: &delimiters.right,
        pos: 0,
        start: 0,
        line: 1,
        start_line: 1,
        open_parens: 0,
        inside: false,
    };
    let mut tokens = Vec::new();
    loop {
        let token = if lexer.inside { lexer.action() } else { lexer.text() };
        let is_last = matches!(token.kind, TokenKind::End | TokenKind::Error(_));
        tokens.push(token);
        if is_last {
            return tokens;
        }
    }
}

struct Lexer<'a> {
    input: &'a str,
    left: &'a str,
    right: &'a str,
    /// Where we read.
    pos: usize,
    /// Where the token being read began.
    start: usize,
    line: usize,
    start_line: usize,
    open_parens: usize,
    inside: bool,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.input[self.pos..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.pos += c.len_utf8();
        if c == '\n' {
            self.line += 1;
        }
        Some(c)
    }

    fn accept(&mut self, is_valid: impl Fn(char) -> bool) -> bool {
        let found = self.peek().is_some_and(is_valid);
        if found {
            self.next();
        }
        found
    }

    fn accept_run(&mut self, is_valid: impl Fn(char) -> bool + Copy) {
        while self.accept(is_valid) {}
    }

    fn emit(&mut self, kind: TokenKind) -> Token<'a> {
        let token =
            Token { kind, pos: self.start, line: self.start_line, text: &self.input[self.start..self.pos] };
        self.start = self.pos;
        self.start_line = self.line;
        token
    }

    fn error(&mut self, message: impl Into<String>) -> Token<'a> {
        Token { kind: TokenKind::Error(message.into()), pos: self.start, line: self.start_line, text: "" }
    }

    /// Moves over text without reading it char by char.
    fn skip(&mut self, bytes: usize) {
        let end = self.pos + bytes;
        self.line += self.input[self.pos..end].matches('\n').count();
        self.pos = end;
    }

    fn ignore(&mut self) {
        self.start = self.pos;
        self.start_line = self.line;
    }

    /// Outside of an action: text, the start of an action, or the end.
    fn text(&mut self) -> Token<'a> {
        loop {
            let Some(offset) = self.rest().find(self.left) else {
                self.skip(self.rest().len());
                let kind = if self.pos > self.start { TokenKind::Text } else { TokenKind::End };
                return self.emit(kind);
            };
            if offset > 0 {
                let text = &self.rest()[..offset];
                let trims = has_left_marker(&self.rest()[offset + self.left.len()..]);
                let kept = if trims { text.trim_end_matches(SPACES).len() } else { text.len() };
                self.skip(kept);
                let token = self.emit(TokenKind::Text);
                self.skip(offset - kept);
                self.ignore();
                if kept > 0 {
                    return token;
                }
            }
            if let Some(token) = self.left_delimiter() {
                return token;
            }
        }
    }

    /// The start of an action, or nothing when it was a comment.
    fn left_delimiter(&mut self) -> Option<Token<'a>> {
        self.skip(self.left.len());
        let marker = if has_left_marker(self.rest()) { 2 } else { 0 };
        if self.rest()[marker..].starts_with("/*") {
            self.skip(marker);
            self.ignore();
            return self.comment();
        }
        let token = self.emit(TokenKind::LeftDelimiter);
        self.inside = true;
        self.open_parens = 0;
        self.skip(marker);
        self.ignore();
        Some(token)
    }

    fn comment(&mut self) -> Option<Token<'a>> {
        let Some(end) = self.rest()[2..].find("*/") else { return Some(self.error("unclosed comment")) };
        self.skip(2 + end + 2);
        let Some(trims) = self.at_right_delimiter() else {
            return Some(self.error("comment ends before closing delimiter"));
        };
        self.leave(trims);
        self.ignore();
        None
    }

    /// Whether a right delimiter follows, and then whether it trims.
    fn at_right_delimiter(&self) -> Option<bool> {
        let rest = self.rest();
        if has_right_marker(rest) && rest[2..].starts_with(self.right) {
            Some(true)
        } else if rest.starts_with(self.right) {
            Some(false)
        } else {
            None
        }
    }

    /// Moves behind the right delimiter and the blanks it trims.
    fn leave(&mut self, trims: bool) {
        self.skip(if trims { 2 } else { 0 });
        self.skip(self.right.len());
        if trims {
            let blank = self.rest().len() - self.rest().trim_start_matches(SPACES).len();
            self.skip(blank);
        }
    }

    fn right_delimiter(&mut self, trims: bool) -> Token<'a> {
        if trims {
            self.skip(2);
            self.ignore();
        }
        self.skip(self.right.len());
        let token = self.emit(TokenKind::RightDelimiter);
        if trims {
            let blank = self.rest().len() - self.rest().trim_start_matches(SPACES).len();
            self.skip(blank);
            self.ignore();
        }
        self.inside = false;
        token
    }
}

fn has_left_marker(text: &str) -> bool {
    matches!(text.as_bytes(), [b'-', b' ' | b'\t' | b'\r' | b'\n', ..])
}

fn has_right_marker(text: &str) -> bool {
    matches!(text.as_bytes(), [b' ' | b'\t' | b'\r' | b'\n', b'-', ..])
}
