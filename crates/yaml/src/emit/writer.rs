//! The text being written: column, indent, and where a line may be broken.

use std::fmt::Write;

use super::scalar::{is_break, is_printable};

/// Lines are broken at the first space beyond this column.
const BEST_WIDTH: usize = 80;

/// A text that knows where its end stands.
pub(super) struct Writer {
    out: String,
    column: usize,
    /// Spaces before the entries of the open collection; `None` outside of any.
    indent: Option<usize>,
    /// Whether the last thing written was white space.
    after_space: bool,
    /// Whether the line so far holds only white space and the indicators of entries.
    at_indent: bool,
}

impl Writer {
    pub(super) fn new() -> Self {
        Self { out: String::new(), column: 0, indent: None, after_space: true, at_indent: true }
    }

    pub(super) fn finish(mut self) -> String {
        self.indent = None;
        self.indent();
        self.out
    }

    pub(super) fn at_indent(&self) -> bool {
        self.at_indent
    }

    /// Enters a collection and gives the indent to come back to.
    pub(super) fn deeper(&mut self, indentless: bool) -> Option<usize> {
        let outer = self.indent;
        self.indent = Some(match outer {
            None => 0,
            Some(indent) if indentless => indent,
            Some(indent) => indent + 2,
        });
        outer
    }

    /// Enters a scalar, whose further lines stand two columns deeper, and gives the indent to come back to.
    pub(super) fn deeper_for_text(&mut self) -> Option<usize> {
        let outer = self.indent;
        self.indent = Some(outer.map_or(2, |indent| indent + 2));
        outer
    }

    pub(super) fn back_to(&mut self, outer: Option<usize>) {
        self.indent = outer;
    }

    fn put(&mut self, c: char) {
        self.out.push(c);
        self.column += 1;
    }

    fn new_line(&mut self) {
        self.out.push('\n');
        self.column = 0;
    }

    fn line_break(&mut self, c: char) {
        self.out.push(c);
        self.column = 0;
    }

    /// Starts a line at the indent, unless the end of the text is already there.
    pub(super) fn indent(&mut self) {
        let indent = self.indent.unwrap_or(0);
        if !self.at_indent || self.column > indent || (self.column == indent && !self.after_space) {
            self.new_line();
        }
        while self.column < indent {
            self.put(' ');
        }
        self.after_space = true;
        self.at_indent = true;
    }

    pub(super) fn indicator(&mut self, text: &str, spaced: bool, is_space: bool, keeps_indent: bool) {
        self.space_if(spaced);
        text.chars().for_each(|c| self.put(c));
        self.after_space = is_space;
        self.at_indent = self.at_indent && keeps_indent;
    }

    fn space_if(&mut self, wanted: bool) {
        if wanted && !self.after_space {
            self.put(' ');
        }
    }

    pub(super) fn empty_collection(&mut self, open: &str, close: &str) {
        self.indicator(open, true, true, false);
        self.indicator(close, false, false, false);
    }

    pub(super) fn plain(&mut self, text: &str, may_fold: bool) {
        self.space_if(true);
        self.flowing(text, may_fold, false);
        self.after_space = false;
        self.at_indent = false;
    }

    pub(super) fn single_quoted(&mut self, text: &str, may_fold: bool) {
        self.indicator("'", true, false, false);
        self.flowing(text, may_fold, true);
        self.indicator("'", false, false, false);
        self.at_indent = false;
    }

    /// The inside of plain and single quoted scalars.
    fn flowing(&mut self, text: &str, may_fold: bool, quoted: bool) {
        let chars: Vec<char> = text.chars().collect();
        let (mut spaces, mut breaks) = (false, false);
        for (at, &c) in chars.iter().enumerate() {
            if c == ' ' {
                let inside = !quoted || (at > 0 && at + 1 < chars.len());
                let single = chars.get(at + 1) != Some(&' ');
                if may_fold && !spaces && self.column > BEST_WIDTH && inside && single {
                    self.indent();
                } else {
                    self.put(c);
                }
                spaces = true;
            } else if is_break(c) {
                if !breaks && c == '\n' {
                    self.new_line();
                }
                self.line_break(c);
                self.at_indent = true;
                breaks = true;
            } else {
                if breaks {
                    self.indent();
                }
                if quoted && c == '\'' {
                    self.put('\'');
                }
                self.put(c);
                self.at_indent = false;
                (spaces, breaks) = (false, false);
            }
        }
    }

    pub(super) fn double_quoted(&mut self, text: &str, may_fold: bool) {
        self.indicator("\"", true, false, false);
        let chars: Vec<char> = text.chars().collect();
        let mut spaces = false;
        for (at, &c) in chars.iter().enumerate() {
            if !is_printable(c) || is_break(c) || c == '"' || c == '\\' {
                escape(c).chars().for_each(|c| self.put(c));
                spaces = false;
            } else if c == ' ' {
                if may_fold && !spaces && self.column > BEST_WIDTH && at > 0 && at + 1 < chars.len() {
                    self.indent();
                    if chars.get(at + 1) == Some(&' ') {
                        self.put('\\');
                    }
                } else {
                    self.put(c);
                }
                spaces = true;
            } else {
                self.put(c);
                spaces = false;
            }
        }
        self.indicator("\"", false, false, false);
        self.at_indent = false;
    }

    pub(super) fn literal(&mut self, text: &str) {
        self.indicator("|", true, false, false);
        let mut hints = String::new();
        if text.starts_with(|c| c == ' ' || is_break(c)) {
            hints.push('2');
        }
        let mut ending = text.chars().rev();
        match (ending.next().is_some_and(is_break), ending.next()) {
            (false, _) => hints.push('-'),
            (true, None) => hints.push('+'),
            (true, Some(before)) if is_break(before) => hints.push('+'),
            (true, Some(_)) => {}
        }
        self.indicator(&hints, false, false, false);
        self.new_line();
        self.at_indent = true;
        self.after_space = true;
        let mut breaks = true;
        for c in text.chars() {
            if is_break(c) {
                self.line_break(c);
                self.at_indent = true;
                breaks = true;
            } else {
                if breaks {
                    self.indent();
                }
                self.put(c);
                self.at_indent = false;
                breaks = false;
            }
        }
    }
}

fn escape(c: char) -> String {
    let short = match c {
        '\0' => '0',
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{b}' => 'v',
        '\u{c}' => 'f',
        '\r' => 'r',
        '\u{1b}' => 'e',
        '"' => '"',
        '\\' => '\\',
        '\u{85}' => 'N',
        '\u{a0}' => '_',
        '\u{2028}' => 'L',
        '\u{2029}' => 'P',
        _ => {
            let code = u32::from(c);
            let mut text = String::new();
            let written = match code {
                0..=0xff => write!(text, "\\x{code:02X}"),
                0x100..=0xffff => write!(text, "\\u{code:04X}"),
                _ => write!(text, "\\U{code:08X}"),
            };
            debug_assert!(written.is_ok(), "writing to a string cannot fail");
            return text;
        }
    };
    format!("\\{short}")
}
