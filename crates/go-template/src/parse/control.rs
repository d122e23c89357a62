//! Lists of nodes, and the actions that steer which of them are walked.

use super::{Parser, Stop};
use crate::error::ParseError;
use crate::format::quote;
use crate::lex::{Keyword, Token, TokenKind};
use crate::node::{Branch, Call, Node};

/// An action, or the end of the list that it stands in.
enum Item {
    Node(Node),
    Stop(Stop),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Control {
    If,
    Range,
    With,
}

impl<'a> Parser<'a> {
    pub(super) fn top_level(&mut self) -> Result<Vec<Node>, ParseError> {
        let mut nodes = Vec::new();
        while self.peek().kind != TokenKind::End {
            if self.peek().kind == TokenKind::LeftDelimiter {
                let at = self.next;
                self.next();
                if self.next_non_space().kind == TokenKind::Keyword(Keyword::Define) {
                    self.definition()?;
                    continue;
                }
                self.next = at;
            }
            match self.text_or_action()? {
                Item::Node(node) => nodes.push(node),
                Item::Stop(Stop::End) => return Err(self.error("unexpected {{end}}")),
                Item::Stop(Stop::Else) => return Err(self.error("unexpected {{else}}")),
            }
        }
        Ok(nodes)
    }

    fn definition(&mut self) -> Result<(), ParseError> {
        let context = "define clause";
        let token = self.next_non_space();
        let name = self.template_name(&token, context)?;
        self.expect(&TokenKind::RightDelimiter, context)?;
        let nodes = self.own_list(context)?;
        self.add(name, nodes)
    }

    /// The nodes of a template inside of another: variables and loops around it do not count.
    fn own_list(&mut self, context: &str) -> Result<Vec<Node>, ParseError> {
        let variables = std::mem::replace(&mut self.variables, vec!["$".to_owned()]);
        let range_depth = std::mem::take(&mut self.range_depth);
        let action_line = std::mem::take(&mut self.action_line);
        self.enter()?;
        let (nodes, stop) = self.list()?;
        self.leave();
        if matches!(stop, Stop::Else) {
            return Err(self.error(format!("unexpected {{{{else}}}} in {context}")));
        }
        self.variables = variables;
        self.range_depth = range_depth;
        self.action_line = action_line;
        Ok(nodes)
    }

    fn list(&mut self) -> Result<(Vec<Node>, Stop), ParseError> {
        let mut nodes = Vec::new();
        while self.peek_non_space().kind != TokenKind::End {
            match self.text_or_action()? {
                Item::Node(node) => nodes.push(node),
                Item::Stop(stop) => return Ok((nodes, stop)),
            }
        }
        Err(self.error("unexpected EOF"))
    }

    fn text_or_action(&mut self) -> Result<Item, ParseError> {
        let token = self.next_non_space();
        match token.kind {
            TokenKind::Text => Ok(Item::Node(Node::Text(token.text.to_owned()))),
            TokenKind::LeftDelimiter => {
                self.action_line = token.line;
                let item = self.action()?;
                self.action_line = 0;
                Ok(item)
            }
            _ => Err(self.unexpected(&token, "input")),
        }
    }

    fn action(&mut self) -> Result<Item, ParseError> {
        let token = self.next_non_space();
        let TokenKind::Keyword(keyword) = token.kind else {
            self.backup();
            return self.plain_action();
        };
        Ok(Item::Node(match keyword {
            Keyword::Block => self.block()?,
            Keyword::Break => self.jump("{{break}}", Node::Break)?,
            Keyword::Continue => self.jump("{{continue}}", Node::Continue)?,
            Keyword::Else => return self.otherwise(),
            Keyword::End => {
                self.expect(&TokenKind::RightDelimiter, "end")?;
                return Ok(Item::Stop(Stop::End));
            }
            Keyword::If => Node::If(self.branch(Control::If)?),
            Keyword::Range => Node::Range(self.branch(Control::Range)?),
            Keyword::With => Node::With(self.branch(Control::With)?),
            Keyword::Template => self.call()?,
            Keyword::Define | Keyword::Nil => {
                self.backup();
                return self.plain_action();
            }
        }))
    }

    fn plain_action(&mut self) -> Result<Item, ParseError> {
        let pipe = self.pipeline("command", &TokenKind::RightDelimiter)?;
        Ok(Item::Node(Node::Action(pipe)))
    }

    fn jump(&mut self, name: &str, node: Node) -> Result<Node, ParseError> {
        let token = self.next_non_space();
        if token.kind != TokenKind::RightDelimiter {
            return Err(self.unexpected(&token, name));
        }
        if self.range_depth == 0 {
            return Err(self.error(format!("{name} outside {{{{range}}}}")));
        }
        Ok(node)
    }

    /// `{{else}}`; of `{{else if …}}` only the first word is taken.
    fn otherwise(&mut self) -> Result<Item, ParseError> {
        let next = self.peek_non_space();
        if !matches!(next.kind, TokenKind::Keyword(Keyword::If | Keyword::With)) {
            self.expect(&TokenKind::RightDelimiter, "else")?;
        }
        Ok(Item::Stop(Stop::Else))
    }

    fn branch(&mut self, control: Control) -> Result<Branch, ParseError> {
        self.enter()?;
        let n_variables = self.variables.len();
        let context = match control {
            Control::If => "if",
            Control::Range => "range",
            Control::With => "with",
        };
        let pipe = self.pipeline(context, &TokenKind::RightDelimiter)?;
        let in_range = usize::from(control == Control::Range);
        self.range_depth += in_range;
        let (list, stop) = self.list()?;
        self.range_depth -= in_range;
        let otherwise = match stop {
            Stop::End => None,
            Stop::Else => Some(self.else_list(control)?),
        };
        self.variables.truncate(n_variables);
        self.leave();
        Ok(Branch { pipe, list, otherwise })
    }

    fn else_list(&mut self, control: Control) -> Result<Vec<Node>, ParseError> {
        let next = self.peek().kind;
        if control == Control::If && next == TokenKind::Keyword(Keyword::If) {
            self.next();
            return Ok(vec![Node::If(self.branch(Control::If)?)]);
        }
        if control == Control::With && next == TokenKind::Keyword(Keyword::With) {
            self.next();
            return Ok(vec![Node::With(self.branch(Control::With)?)]);
        }
        let (nodes, stop) = self.list()?;
        match stop {
            Stop::End => Ok(nodes),
            Stop::Else => Err(self.error("expected end; found {{else}}")),
        }
    }

    fn block(&mut self) -> Result<Node, ParseError> {
        let context = "block clause";
        let token = self.next_non_space();
        let name = self.template_name(&token, context)?;
        let pipe = self.pipeline(context, &TokenKind::RightDelimiter)?;
        let nodes = self.own_list(context)?;
        self.add(name.clone(), nodes)?;
        Ok(Node::Template(Call { pos: token.pos, name, pipe: Some(pipe) }))
    }

    fn call(&mut self) -> Result<Node, ParseError> {
        let context = "template clause";
        let token = self.next_non_space();
        let name = self.template_name(&token, context)?;
        let pipe = if self.next_non_space().kind == TokenKind::RightDelimiter {
            None
        } else {
            self.backup();
            Some(self.pipeline(context, &TokenKind::RightDelimiter)?)
        };
        Ok(Node::Template(Call { pos: token.pos, name, pipe }))
    }

    fn template_name(&mut self, token: &Token<'a>, context: &str) -> Result<String, ParseError> {
        match token.kind {
            TokenKind::String | TokenKind::RawString => {
                quote::unquote(token.text).ok_or_else(|| self.error("invalid syntax"))
            }
            _ => Err(self.unexpected(token, context)),
        }
    }
}
