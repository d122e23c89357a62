//! From a value to Go's bytes.

use serde::Serialize;
use serde_json::ser::{CompactFormatter, PrettyFormatter, Serializer};

use crate::formatter::GoEscapes;

/// One line, as Go's encoder writes an HTTP body: compact, Go's escapes, a line break at the end.
///
/// # Errors
/// When the value cannot be written as JSON, such as a map whose keys are not strings.
pub fn to_line<T: Serialize + ?Sized>(value: &T) -> serde_json::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(256);
    value.serialize(&mut Serializer::with_formatter(&mut bytes, GoEscapes(CompactFormatter)))?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// A file, as Go's encoder writes it with an indent of two spaces.
///
/// # Errors
/// When the value cannot be written as JSON, such as a map whose keys are not strings.
pub fn to_file<T: Serialize + ?Sized>(value: &T) -> serde_json::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(1024);
    value.serialize(&mut Serializer::with_formatter(&mut bytes, GoEscapes(PrettyFormatter::new())))?;
    bytes.push(b'\n');
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped_as_go_does() {
        let cases = [
            ("a<b>&c", r#""a\u003cb\u003e\u0026c""#),
            ("\u{2028}\u{2029}", r#""\u2028\u2029""#),
            ("é \"q\" \\ \n", r#""é \"q\" \\ \n""#),
            ("", r#""""#),
        ];
        for (text, expected) in cases {
            assert_eq!(to_line(text).unwrap(), format!("{expected}\n").into_bytes(), "{text:?}");
        }
    }

    #[test]
    fn files_are_indented_by_two_spaces_and_end_with_a_line_break() {
        let value = serde_json::json!({"a": [1, {"b": "<"}], "c": {}, "d": []});
        let expected = "{\n  \"a\": [\n    1,\n    {\n      \"b\": \"\\u003c\"\n    }\n  ],\n  \"c\": {},\n  \"d\": []\n}\n";
        assert_eq!(String::from_utf8(to_file(&value).unwrap()).unwrap(), expected);
    }
}
