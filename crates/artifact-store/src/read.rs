//! Reading an artifact that anyone with a CI token could have made, from a zip or from a folder of Git.
//!
//! Either way every name is checked before a byte is read, what is read is counted against limits that do not trust
//! the sizes declared, and whatever a file system, Git or a second reader could see differently (links, `..`,
//! backslashes, the same name twice or in two cases) is refused as a whole.

mod budget;
mod entry_name;
mod layout;
mod read_error;
mod tree;
mod unzip;

pub use artifact::Limits;
pub use read_error::ReadError;
pub(crate) use tree::{TreeError, read_tree};
pub use unzip::read_zip;
