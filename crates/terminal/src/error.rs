//! Output that could not be written.

use std::borrow::Cow;
use std::io;

use explain::{Explain, Kind};

/// Data did not reach where it was sent, such as a file on a full disk. A closed pipe is not an error.
#[derive(Debug, thiserror::Error)]
#[error("cannot write the output")]
pub struct OutputError {
    #[source]
    pub(crate) source: io::Error,
}

impl Explain for OutputError {
    fn kind(&self) -> Kind {
        Kind::Failed
    }

    fn next_step(&self) -> Cow<'static, str> {
        "check the disk or program that standard output goes to".into()
    }
}
