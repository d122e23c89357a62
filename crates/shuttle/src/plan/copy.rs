//! Copying a local plan.
//!
//! Files removed upstream stay until `--clean`, as in the original: nothing here deletes.

use std::fs;
use std::path::Path;

use super::PlanError;
use crate::console::Console;

/// Copies a folder over another, without `.git` and `.shuttle` on any level; symbolic links become files.
pub(super) fn copy(source: &Path, target: &Path, console: Console) -> Result<(), PlanError> {
    if !source.is_dir() {
        return Err(PlanError::NoFolder(source.to_owned()));
    }
    fs::create_dir_all(target).map_err(PlanError::file("create", target))?;
    for entry in fs::read_dir(source).map_err(PlanError::file("read", source))? {
        let entry = entry.map_err(PlanError::file("read", source))?;
        let name = entry.file_name();
        if name == ".git" || name == ".shuttle" {
            continue;
        }
        let (from, to) = (entry.path(), target.join(&name));
        let kind = entry.file_type().map_err(PlanError::file("read", &from))?;
        if kind.is_dir() {
            copy(&from, &to, console)?;
        } else if kind.is_symlink() && !from.is_file() {
            console.warn(&format!("{} is a link to no file and is left out", from.display()));
        } else {
            copy_file(&from, &to)?;
        }
    }
    Ok(())
}

/// Through a new file, so that somebody who reads the old one meanwhile is not disturbed.
fn copy_file(from: &Path, to: &Path) -> Result<(), PlanError> {
    let mut name = to.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let fresh = to.with_file_name(name);
    fs::copy(from, &fresh).map_err(PlanError::file("copy", from))?;
    fs::rename(&fresh, to).map_err(PlanError::file("write", to))
}
