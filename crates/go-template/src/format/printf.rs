//! Go's `Sprintf`: directives, flags, widths and the marks for everything that does not fit.

use super::{plain, verb};
use crate::Value;

/// Widths and precisions beyond this are not honoured, as in Go.
const NUMBER_LIMIT: usize = 1_000_000;

/// Flags, width and precision of one directive.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spec {
    pub(super) plus: bool,
    pub(super) minus: bool,
    pub(super) sharp: bool,
    pub(super) space: bool,
    pub(super) zero: bool,
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
}

/// Formats the arguments by a format text.
pub(crate) fn sprintf(format: &str, args: &[Value]) -> String {
    let mut printer =
        Printer { rest: format, args, next: 0, reordered: false, good_index: true, out: String::new() };
    while let Some(offset) = printer.rest.find('%') {
        printer.out.push_str(&printer.rest[..offset]);
        printer.rest = &printer.rest[offset + 1..];
        printer.directive();
    }
    printer.out.push_str(printer.rest);
    if !printer.reordered && printer.next < args.len() {
        printer.extra();
    }
    printer.out
}

struct Printer<'a> {
    rest: &'a str,
    args: &'a [Value],
    next: usize,
    /// Whether a directive chose its argument by `[n]`: then none counts as left over.
    reordered: bool,
    good_index: bool,
    out: String,
}

impl Printer<'_> {
    fn take(&mut self, wanted: char) -> bool {
        let Some(rest) = self.rest.strip_prefix(wanted) else { return false };
        self.rest = rest;
        true
    }

    fn directive(&mut self) {
        let mut spec = Spec::default();
        self.flags(&mut spec);
        self.good_index = true;
        let mut after_index = self.index();
        if self.take('*') {
            match self.int_argument() {
                Some(width) => {
                    spec.minus |= width < 0;
                    spec.zero &= !spec.minus;
                    spec.width = usize::try_from(width.unsigned_abs()).ok();
                }
                None => self.out.push_str("%!(BADWIDTH)"),
            }
            after_index = false;
        } else {
            spec.width = self.number();
            if after_index && spec.width.is_some() {
                self.good_index = false;
            }
        }
        if self.take('.') {
            if after_index {
                self.good_index = false;
            }
            after_index = self.index();
            if self.take('*') {
                spec.precision = self.int_argument().and_then(|precision| usize::try_from(precision).ok());
                if spec.precision.is_none() {
                    self.out.push_str("%!(BADPREC)");
                }
                after_index = false;
            } else {
                spec.precision = Some(self.number().unwrap_or(0));
            }
        }
        if !after_index {
            self.index();
        }
        let Some(verb) = self.rest.chars().next() else {
            self.out.push_str("%!(NOVERB)");
            return;
        };
        self.rest = &self.rest[verb.len_utf8()..];
        self.argument(&spec, verb);
    }

    fn argument(&mut self, spec: &Spec, verb: char) {
        if verb == '%' {
            self.out.push('%');
        } else if !self.good_index {
            self.out.push_str(&format!("%!{verb}(BADINDEX)"));
        } else if let Some(value) = self.args.get(self.next) {
            self.next += 1;
            self.out.push_str(&verb::format(value, spec, verb));
        } else {
            self.out.push_str(&format!("%!{verb}(MISSING)"));
        }
    }

    fn flags(&mut self, spec: &mut Spec) {
        loop {
            match self.rest.chars().next() {
                Some('#') => spec.sharp = true,
                Some('0') => spec.zero = true,
                Some('+') => spec.plus = true,
                Some('-') => spec.minus = true,
                Some(' ') => spec.space = true,
                _ => return,
            }
            self.rest = &self.rest[1..];
        }
    }

    fn number(&mut self) -> Option<usize> {
        let end = self.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(end);
        let number = digits.parse().ok().filter(|number| *number <= NUMBER_LIMIT);
        if number.is_some() {
            self.rest = rest;
        }
        number
    }

    /// `[n]`: the next argument is the n-th.
    fn index(&mut self) -> bool {
        let Some(inside) = self.rest.strip_prefix('[') else { return false };
        self.reordered = true;
        let Some(end) = inside.find(']') else {
            self.good_index = false;
            self.rest = inside;
            return false;
        };
        let index = inside[..end].parse::<usize>().ok().filter(|index| (1..=self.args.len()).contains(index));
        self.rest = &inside[end + 1..];
        match index {
            Some(index) => self.next = index - 1,
            None => self.good_index = false,
        }
        index.is_some()
    }

    /// The argument of a `*`.
    fn int_argument(&mut self) -> Option<i64> {
        let value = self.args.get(self.next)?;
        self.next += 1;
        let number =
            value.signed().or_else(|| value.unsigned().and_then(|number| i64::try_from(number).ok()))?;
        let limit = i64::try_from(NUMBER_LIMIT).unwrap_or(i64::MAX);
        (-limit..=limit).contains(&number).then_some(number)
    }

    fn extra(&mut self) {
        self.out.push_str("%!(EXTRA ");
        for (index, value) in self.args[self.next..].iter().enumerate() {
            self.out.push_str(if index > 0 { ", " } else { "" });
            if value.is_nil() {
                self.out.push_str("<nil>");
            } else {
                self.out.push_str(&format!("{}={}", value.type_name(), plain(value)));
            }
        }
        self.out.push(')');
    }
}
