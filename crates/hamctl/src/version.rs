//! `hamctl version`.

use serde::Serialize;

use crate::error::CommandError;
use crate::output::Output;

#[derive(Serialize)]
struct Version {
    version: &'static str,
}

pub(crate) fn show(output: &Output) -> Result<(), CommandError> {
    let version = Version { version: env!("CARGO_PKG_VERSION") };
    output.answer(&version, |version| format!("{}\n", version.version))
}
