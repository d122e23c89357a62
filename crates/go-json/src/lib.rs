//! JSON with the bytes that Go's `encoding/json` writes.
//!
//! Lunar's programs compare, store and re-encode JSON, so what we put on a wire or into the config repository has
//! to be theirs byte for byte: `<`, `>`, `&`, U+2028 and U+2029 are escaped, a body ends with a line break, and
//! files are indented by two spaces (spec, sections 2.1 and 13.4).
//!
//! [`to_line`] is for wires, [`to_file`] for files. [`first_value`] reads what others wrote, [`insert_once`] is for who
//! then matches keys in any case, as Go does.

mod formatter;
mod read;
mod write;

pub use read::{first_value, insert_once};
pub use write::{to_file, to_line};
