//! Commit messages, both ways (spec, sections 5.4 and 5.5).

mod read;
mod write;

pub use read::Record;
pub(crate) use read::read;
pub(crate) use write::{policy, release};

/// Our own field, after those of the original, which ignores it.
const RELEASE_ID: &str = "Release-Id";

#[cfg(test)]
mod tests;
