//! `hamctl man`: a manual page for every command, for those who package the program.

use std::path::Path;

use clap::CommandFactory;

use crate::args::Args;
use crate::error::CommandError;

/// Writes `hamctl.1`, `hamctl-status.1` and so on.
pub(crate) fn write(folder: &Path) -> Result<(), CommandError> {
    let failed = |source| CommandError::Manual { folder: folder.to_owned(), source };
    std::fs::create_dir_all(folder).map_err(failed)?;
    clap_mangen::generate_to(Args::command(), folder).map_err(failed)
}
