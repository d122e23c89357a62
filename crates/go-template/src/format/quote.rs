//! Go's string literals: `%q`, and the way back.

/// Text in double quotes.
pub(crate) fn double(text: &str) -> String {
    quoted(text, '"', false)
}

/// A character in single quotes.
pub(crate) fn single(c: char) -> String {
    quoted(c.encode_utf8(&mut [0; 4]), '\'', false)
}

/// Text in double quotes, ASCII only.
pub(crate) fn ascii(text: &str) -> String {
    quoted(text, '"', true)
}

fn quoted(text: &str, quote: char, only_ascii: bool) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{b}' => out.push_str("\\v"),
            _ if c == quote => out.extend(['\\', c]),
            ' '..='~' => out.push(c),
            _ if !only_ascii && is_printable(c) => out.push(c),
            '\0'..='\x7f' => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            '\u{80}'..='\u{ffff}' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            _ => out.push_str(&format!("\\U{:08x}", u32::from(c))),
        }
    }
    out.push(quote);
    out
}

/// Go's idea of a printable character: letters, marks, numbers, punctuation, symbols, and the ASCII space.
pub(crate) fn is_printable(c: char) -> bool {
    match c {
        ' '..='~' => true,
        _ if c.is_control() || c.is_whitespace() => false,
        // Rust escapes what is not printable, and a combining mark only where it comes first.
        _ => ['x', c].iter().collect::<String>().escape_debug().count() == 2,
    }
}

/// Go's `%#U`.
pub(crate) fn code_point(c: char) -> String {
    let number = format!("U+{:04X}", u32::from(c));
    if is_printable(c) { format!("{number} '{c}'") } else { number }
}

/// The value of a Go string literal, quoted or raw.
pub(crate) fn unquote(literal: &str) -> Option<String> {
    if let Some(raw) = literal.strip_prefix('`') {
        return Some(raw.strip_suffix('`')?.replace('\r', ""));
    }
    let mut rest = literal.strip_prefix('"')?.strip_suffix('"')?;
    let mut bytes = Vec::new();
    while !rest.is_empty() {
        if rest.starts_with('"') {
            return None;
        }
        let is_byte = matches!(rest.as_bytes(), [b'\\', b'x' | b'0'..=b'7', ..]);
        let (code, tail) = unquote_char(rest, '"')?;
        if is_byte {
            bytes.push(u8::try_from(code).ok()?);
        } else {
            let mut buffer = [0; 4];
            bytes.extend(char::from_u32(code)?.encode_utf8(&mut buffer).bytes());
        }
        rest = tail;
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// The first character of the inside of a literal, escapes resolved, and what follows.
pub(crate) fn unquote_char(text: &str, quote: char) -> Option<(u32, &str)> {
    let mut chars = text.chars();
    let c = chars.next()?;
    if c == quote || c == '\n' {
        return None;
    }
    if c != '\\' {
        return Some((u32::from(c), chars.as_str()));
    }
    let simple = |code: u32, chars: std::str::Chars<'_>| Some((code, text.len() - chars.as_str().len()));
    let escape = chars.next()?;
    let (code, used) = match escape {
        'a' => simple(7, chars),
        'b' => simple(8, chars),
        'f' => simple(12, chars),
        'n' => simple(10, chars),
        'r' => simple(13, chars),
        't' => simple(9, chars),
        'v' => simple(11, chars),
        '\\' => simple(u32::from('\\'), chars),
        '\'' | '"' if escape == quote => simple(u32::from(quote), chars),
        'x' => digits(text, 2, 2, 16),
        'u' => digits(text, 2, 4, 16).filter(|(code, _)| char::from_u32(*code).is_some()),
        'U' => digits(text, 2, 8, 16).filter(|(code, _)| char::from_u32(*code).is_some()),
        '0'..='7' => digits(text, 1, 3, 8).filter(|(code, _)| *code <= 255),
        _ => None,
    }?;
    Some((code, &text[used..]))
}

/// A number of `count` digits from a byte on, and the byte behind it.
fn digits(text: &str, from: usize, count: usize, radix: u32) -> Option<(u32, usize)> {
    let part = text.get(from..from + count)?;
    let all_digits = part.chars().all(|c| c.is_digit(radix));
    let code = if all_digits { u32::from_str_radix(part, radix).ok()? } else { return None };
    Some((code, from + count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_read_as_go_reads_them() {
        let table = [
            (r#""a\tb""#, Some("a\tb")),
            (r#""\x41\101\u00e9\U0001F600""#, Some("AAé😀")),
            ("`raw\\n\r`", Some("raw\\n")),
            (r#""\'""#, None),
            (r#""\400""#, None),
            (r#""\ud800""#, None),
            (r#""\""#, None),
        ];
        for (literal, want) in table {
            assert_eq!(unquote(literal).as_deref(), want, "{literal}");
        }
    }

    #[test]
    fn text_is_quoted_as_go_quotes_it() {
        assert_eq!(double("a\"b\\\n\u{1}é\u{200b}\u{301}"), "\"a\\\"b\\\\\\n\\x01é\\u200b\u{301}\"");
        assert_eq!(single('\''), r"'\''");
        assert_eq!(ascii("é😀"), r#""\u00e9\U0001f600""#);
    }
}
