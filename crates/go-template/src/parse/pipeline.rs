//! Pipelines, commands and operands.

use super::Parser;
use crate::error::ParseError;
use crate::format::quote;
use crate::lex::{Keyword, Token, TokenKind};
use crate::node::{Command, Expr, ExprKind, Pipe};
use crate::number::Number;

impl Parser<'_> {
    pub(super) fn pipeline(&mut self, context: &str, end: &TokenKind) -> Result<Pipe, ParseError> {
        let pos = self.peek_non_space().pos;
        let (variables, is_assignment) = self.declarations(context)?;
        let mut pipe = Pipe { pos, variables, is_assignment, commands: Vec::new() };
        loop {
            let token = self.next_non_space();
            if token.kind == *end {
                return self.check(pipe, context);
            }
            if !starts_operand(&token.kind) {
                return Err(self.unexpected(&token, context));
            }
            self.backup();
            let command = self.command()?;
            pipe.commands.push(command);
        }
    }

    /// `$x :=`, `$x =`, and for loops `$i, $x :=`.
    fn declarations(&mut self, context: &str) -> Result<(Vec<String>, bool), ParseError> {
        let mut names = Vec::new();
        loop {
            let variable = self.peek_non_space();
            if variable.kind != TokenKind::Variable {
                return Ok((names, false));
            }
            self.next_non_space();
            let after_variable = self.next;
            let sign = self.next_non_space();
            match sign.kind {
                TokenKind::Assign | TokenKind::Declare => {
                    names.push(variable.text.to_owned());
                    self.variables.push(variable.text.to_owned());
                    return Ok((names, sign.kind == TokenKind::Assign));
                }
                TokenKind::Char if sign.text == "," => {
                    names.push(variable.text.to_owned());
                    self.variables.push(variable.text.to_owned());
                    if context != "range" || names.len() > 1 {
                        return Err(self.error(format!("too many declarations in {context}")));
                    }
                    let next = self.peek_non_space().kind;
                    if !matches!(
                        next,
                        TokenKind::Variable | TokenKind::RightDelimiter | TokenKind::RightParen
                    ) {
                        return Err(self.error("range can only initialize variables"));
                    }
                }
                // An argument, not a declaration.
                _ => {
                    self.next = after_variable - 1;
                    return Ok((names, false));
                }
            }
        }
    }

    fn check(&self, pipe: Pipe, context: &str) -> Result<Pipe, ParseError> {
        if pipe.commands.is_empty() {
            return Err(self.error(format!("missing value for {context}")));
        }
        let is_value = |command: &Command| {
            let kind = command.args.first().map(|arg| &arg.kind);
            matches!(
                kind,
                Some(
                    ExprKind::Bool(_)
                        | ExprKind::Dot
                        | ExprKind::Nil
                        | ExprKind::Number(_)
                        | ExprKind::Text { .. }
                )
            )
        };
        match pipe.commands.iter().skip(1).position(is_value) {
            Some(index) => Err(self.error(format!("non executable command in pipeline stage {}", index + 2))),
            None => Ok(pipe),
        }
    }

    fn command(&mut self) -> Result<Command, ParseError> {
        let mut command = Command { pos: self.peek_non_space().pos, args: Vec::new() };
        loop {
            self.peek_non_space();
            if let Some(operand) = self.operand()? {
                command.args.push(operand);
            }
            let token = self.next();
            match token.kind {
                TokenKind::Space => continue,
                TokenKind::RightDelimiter | TokenKind::RightParen => self.backup(),
                TokenKind::Pipe => {}
                _ => return Err(self.unexpected(&token, "operand")),
            }
            if command.args.is_empty() {
                return Err(self.error("empty command"));
            }
            return Ok(command);
        }
    }

    fn operand(&mut self) -> Result<Option<Expr>, ParseError> {
        let Some(term) = self.term()? else { return Ok(None) };
        let pos = self.peek().pos;
        let mut fields = Vec::new();
        while self.peek().kind == TokenKind::Field {
            let name = self.next().text;
            fields.push(name.trim_start_matches('.').to_owned());
        }
        if fields.is_empty() {
            return Ok(Some(term));
        }
        let kind = match term.kind {
            ExprKind::Field(names) => ExprKind::Field([names, fields].concat()),
            ExprKind::Variable(names) => ExprKind::Variable([names, fields].concat()),
            ExprKind::Bool(_)
            | ExprKind::Text { .. }
            | ExprKind::Number(_)
            | ExprKind::Nil
            | ExprKind::Dot => {
                let shown = quote::double(&term.to_string());
                return Err(self.error(format!("unexpected . after term {shown}")));
            }
            ExprKind::Function(_) | ExprKind::Pipe(_) | ExprKind::Chain(..) => {
                ExprKind::Chain(Box::new(term), fields)
            }
        };
        Ok(Some(Expr { pos, kind }))
    }

    fn term(&mut self) -> Result<Option<Expr>, ParseError> {
        let token = self.next_non_space();
        let kind = match token.kind {
            TokenKind::Identifier => match self.dialect.function(token.text) {
                Some(function) => ExprKind::Function(function),
                None => {
                    return Err(self.error(format!("function {} not defined", quote::double(token.text))));
                }
            },
            TokenKind::Dot => ExprKind::Dot,
            TokenKind::Keyword(Keyword::Nil) => ExprKind::Nil,
            TokenKind::Variable => self.variable(&token)?,
            TokenKind::Field => ExprKind::Field(vec![token.text.trim_start_matches('.').to_owned()]),
            TokenKind::Bool => ExprKind::Bool(token.text == "true"),
            TokenKind::CharConstant => self.number(Number::of_char(token.text))?,
            TokenKind::Complex | TokenKind::Number => self.number(Number::parse(token.text))?,
            TokenKind::LeftParen => {
                self.enter()?;
                let pipe = self.pipeline("parenthesized pipeline", &TokenKind::RightParen)?;
                self.leave();
                return Ok(Some(Expr { pos: pipe.pos, kind: ExprKind::Pipe(pipe) }));
            }
            TokenKind::String | TokenKind::RawString => {
                let Some(value) = quote::unquote(token.text) else {
                    return Err(self.error("invalid syntax"));
                };
                ExprKind::Text { value, written: token.text.to_owned() }
            }
            _ => {
                self.backup();
                return Ok(None);
            }
        };
        Ok(Some(Expr { pos: token.pos, kind }))
    }

    fn number(&self, number: Result<Number, String>) -> Result<ExprKind, ParseError> {
        number.map(ExprKind::Number).map_err(|message| self.error(message))
    }

    fn variable(&self, token: &Token<'_>) -> Result<ExprKind, ParseError> {
        if self.variables.iter().any(|known| known == token.text) {
            Ok(ExprKind::Variable(vec![token.text.to_owned()]))
        } else {
            Err(self.error(format!("undefined variable {}", quote::double(token.text))))
        }
    }
}

fn starts_operand(kind: &TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Bool
            | TokenKind::CharConstant
            | TokenKind::Complex
            | TokenKind::Dot
            | TokenKind::Field
            | TokenKind::Identifier
            | TokenKind::Number
            | TokenKind::Keyword(Keyword::Nil)
            | TokenKind::RawString
            | TokenKind::String
            | TokenKind::Variable
            | TokenKind::LeftParen
    )
}
