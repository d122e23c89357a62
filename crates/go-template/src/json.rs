//! Values as Go writes them in JSON.

use std::fmt::Write;

use crate::{Value, format};

/// How to write.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Style {
    /// Whether `<`, `>` and `&` stay as they are.
    pub(crate) raw: bool,
    /// Whether to indent by two blanks.
    pub(crate) pretty: bool,
}

/// A value as JSON.
pub(crate) fn to_json(value: &Value, style: Style) -> Result<String, String> {
    let mut writer = Writer { style, depth: 0, out: String::new() };
    writer.value(value)?;
    Ok(writer.out)
}

struct Writer {
    style: Style,
    depth: usize,
    out: String,
}

impl Writer {
    fn value(&mut self, value: &Value) -> Result<(), String> {
        match value {
            Value::Nil => self.out.push_str("null"),
            Value::Text(text) => self.text(text),
            Value::Float(number) => self.float(*number)?,
            Value::Bool(_) | Value::Int(_) | Value::Int64(_) | Value::Byte(_) | Value::Uint(_) => {
                self.out.push_str(&format::plain(value));
            }
            Value::List(list) => {
                self.open('[', list.items().is_empty());
                for (index, item) in list.items().iter().enumerate() {
                    self.separate(index);
                    self.value(item)?;
                }
                self.close(']', list.items().is_empty());
            }
            Value::Map(map) => {
                if !map.has_text_keys() {
                    return Err(format!("json: unsupported type: {}", value.type_name()));
                }
                let entries = map.entries();
                let fields = entries.iter().map(|(key, value)| (key.as_text().unwrap_or_default(), value));
                self.object(fields)?;
            }
            Value::Record(record) => {
                self.object(record.fields().iter().map(|(name, value)| (*name, value)))?
            }
        }
        Ok(())
    }

    fn object<'a>(
        &mut self,
        fields: impl ExactSizeIterator<Item = (&'a str, &'a Value)>,
    ) -> Result<(), String> {
        let is_empty = fields.len() == 0;
        self.open('{', is_empty);
        for (index, (name, value)) in fields.enumerate() {
            self.separate(index);
            self.text(name);
            self.out.push_str(if self.style.pretty { ": " } else { ":" });
            self.value(value)?;
        }
        self.close('}', is_empty);
        Ok(())
    }

    fn open(&mut self, bracket: char, is_empty: bool) {
        self.out.push(bracket);
        self.depth += 1;
        if !is_empty {
            self.line();
        }
    }

    fn close(&mut self, bracket: char, is_empty: bool) {
        self.depth -= 1;
        if !is_empty {
            self.line();
        }
        self.out.push(bracket);
    }

    fn separate(&mut self, index: usize) {
        if index > 0 {
            self.out.push(',');
            self.line();
        }
    }

    fn line(&mut self) {
        if self.style.pretty {
            self.out.push('\n');
            self.out.push_str(&"  ".repeat(self.depth));
        }
    }

    fn float(&mut self, number: f64) -> Result<(), String> {
        if let Some(special) = format::float::special(number) {
            return Err(format!("json: unsupported value: {special}"));
        }
        let size = number.abs();
        if size != 0.0 && !(1e-6..1e21).contains(&size) {
            let text = format::float::exponential(number, None);
            // One digit is enough for a small negative exponent.
            self.out.push_str(&text.replace("e-0", "e-"));
        } else {
            let written = write!(self.out, "{number}");
            debug_assert!(written.is_ok(), "writing to a string cannot fail");
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        self.out.push('"');
        for c in text.chars() {
            match c {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '\u{8}' => self.out.push_str("\\b"),
                '\u{c}' => self.out.push_str("\\f"),
                '\n' => self.out.push_str("\\n"),
                '\r' => self.out.push_str("\\r"),
                '\t' => self.out.push_str("\\t"),
                '<' | '>' | '&' if !self.style.raw => self.escape(c),
                '\0'..='\u{1f}' | '\u{2028}' | '\u{2029}' => self.escape(c),
                _ => self.out.push(c),
            }
        }
        self.out.push('"');
    }

    fn escape(&mut self, c: char) {
        let written = write!(self.out, "\\u{:04x}", u32::from(c));
        debug_assert!(written.is_ok(), "writing to a string cannot fail");
    }
}
