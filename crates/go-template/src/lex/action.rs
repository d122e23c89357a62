//! Tokens inside of delimiters.

use super::token::Keyword;
use super::{Lexer, Token, TokenKind, has_right_marker};
use crate::format::quote;

impl<'a> Lexer<'a> {
    pub(super) fn action(&mut self) -> Token<'a> {
        if let Some(trims) = self.at_right_delimiter() {
            if self.open_parens == 0 {
                return self.right_delimiter(trims);
            }
            return self.error("unclosed left paren");
        }
        let Some(c) = self.peek() else { return self.error("unclosed action") };
        if is_space(c) {
            return self.space();
        }
        if is_number_start(c, self.rest()) {
            return self.number();
        }
        if is_alphanumeric(c) {
            return self.identifier();
        }
        self.next();
        match c {
            '=' => self.emit(TokenKind::Assign),
            ':' if self.accept(|c| c == '=') => self.emit(TokenKind::Declare),
            ':' => self.error("expected :="),
            '|' => self.emit(TokenKind::Pipe),
            '"' => self.quoted('"', TokenKind::String, "unterminated quoted string"),
            '\'' => self.quoted('\'', TokenKind::CharConstant, "unterminated character constant"),
            '`' => self.raw_string(),
            '$' => self.name(TokenKind::Variable, TokenKind::Variable),
            '.' => self.name(TokenKind::Field, TokenKind::Dot),
            '(' => {
                self.open_parens += 1;
                self.emit(TokenKind::LeftParen)
            }
            ')' if self.open_parens == 0 => self.error("unexpected right paren"),
            ')' => {
                self.open_parens -= 1;
                self.emit(TokenKind::RightParen)
            }
            ' '..='~' => self.emit(TokenKind::Char),
            _ => self.error(format!("unrecognized character in action: {}", quote::code_point(c))),
        }
    }

    /// Blanks; a trimming right delimiter takes the last one.
    fn space(&mut self) -> Token<'a> {
        let blanks = self.rest().chars().take_while(|c| is_space(*c)).count();
        self.skip(blanks - 1);
        let last = self.rest();
        if has_right_marker(last) && last[2..].starts_with(self.right) {
            if blanks == 1 {
                return self.right_delimiter(true);
            }
        } else {
            self.skip(1);
        }
        self.emit(TokenKind::Space)
    }

    fn identifier(&mut self) -> Token<'a> {
        self.accept_run(is_alphanumeric);
        if !self.at_terminator() {
            return self.bad_character();
        }
        let kind = match &self.input[self.start..self.pos] {
            "true" | "false" => TokenKind::Bool,
            word => Keyword::of(word).map_or(TokenKind::Identifier, TokenKind::Keyword),
        };
        self.emit(kind)
    }

    /// `.name` or `$name`, whose first character has been read; alone it is `bare`.
    fn name(&mut self, kind: TokenKind, bare: TokenKind) -> Token<'a> {
        if self.at_terminator() {
            return self.emit(bare);
        }
        self.accept_run(is_alphanumeric);
        if self.at_terminator() { self.emit(kind) } else { self.bad_character() }
    }

    fn bad_character(&mut self) -> Token<'a> {
        let found = self.peek().map_or_else(|| "U+FFFFFFFFFFFFFFFF".to_owned(), quote::code_point);
        self.error(format!("bad character {found}"))
    }

    fn at_terminator(&self) -> bool {
        match self.peek() {
            None | Some('.' | ',' | '|' | ':' | ')' | '(') => true,
            Some(c) => is_space(c) || self.rest().starts_with(self.right),
        }
    }

    fn quoted(&mut self, end: char, kind: TokenKind, unterminated: &str) -> Token<'a> {
        loop {
            match self.next() {
                Some('\\') => match self.next() {
                    Some('\n') | None => return self.error(unterminated),
                    Some(_) => {}
                },
                Some('\n') | None => return self.error(unterminated),
                Some(c) if c == end => return self.emit(kind),
                Some(_) => {}
            }
        }
    }

    fn raw_string(&mut self) -> Token<'a> {
        loop {
            match self.next() {
                None => return self.error("unterminated raw quoted string"),
                Some('`') => return self.emit(TokenKind::RawString),
                Some(_) => {}
            }
        }
    }

    fn number(&mut self) -> Token<'a> {
        if !self.scan_number() {
            return self.bad_number();
        }
        if !matches!(self.peek(), Some('+' | '-')) {
            return self.emit(TokenKind::Number);
        }
        if self.scan_number() && self.input[..self.pos].ends_with('i') {
            self.emit(TokenKind::Complex)
        } else {
            self.bad_number()
        }
    }

    fn bad_number(&mut self) -> Token<'a> {
        let text = quote::double(&self.input[self.start..self.pos]);
        self.error(format!("bad number syntax: {text}"))
    }

    fn scan_number(&mut self) -> bool {
        self.accept(|c| matches!(c, '+' | '-'));
        let mut radix = 10;
        if self.accept(|c| c == '0') {
            radix = match self.peek() {
                Some('x' | 'X') => 16,
                Some('o' | 'O') => 8,
                Some('b' | 'B') => 2,
                _ => 10,
            };
            if radix != 10 {
                self.next();
            }
        }
        let is_digit = |c: char| c == '_' || c.is_digit(radix);
        self.accept_run(is_digit);
        if self.accept(|c| c == '.') {
            self.accept_run(is_digit);
        }
        let has_exponent = match radix {
            10 => self.accept(|c| matches!(c, 'e' | 'E')),
            16 => self.accept(|c| matches!(c, 'p' | 'P')),
            _ => false,
        };
        if has_exponent {
            self.accept(|c| matches!(c, '+' | '-'));
            self.accept_run(|c| c == '_' || c.is_ascii_digit());
        }
        self.accept(|c| c == 'i');
        !self.accept(is_alphanumeric)
    }
}

fn is_number_start(c: char, rest: &str) -> bool {
    match c {
        '+' | '-' | '0'..='9' => true,
        '.' => rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit),
        _ => false,
    }
}

fn is_space(c: char) -> bool {
    super::SPACES.contains(&c)
}

fn is_alphanumeric(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}
