//! JSON with the bytes that Go's `encoding/json` writes.
//!
//! Lunar's programs compare, store and re-encode JSON, so what we put on a wire or into the config repository has
//! to be theirs byte for byte: `<`, `>`, `&`, U+2028 and U+2029 are escaped, a body ends with a line break, and
//! files are indented by two spaces (spec, sections 2.1 and 13.4).
//!
//! [`to_line`] is for wires, [`to_file`] for files.

mod formatter;
mod write;

pub use write::{to_file, to_line};
