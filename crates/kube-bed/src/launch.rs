//! Starting a part of a bed so that it outlives us, marked so that it is found again.

use std::fs;
use std::path::PathBuf;

use process::Program;

use crate::BedError;
use crate::place::{MARK, Place};
use crate::plan::Part;
use crate::progress::run;

/// The variable that names the part a process belongs to.
pub(crate) const PART: &str = "RELEASE_MANAGER_BED_PART";

/// Debian keeps runc and ip where only root looks by default.
pub(crate) fn search_path() -> String {
    format!("{}:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin", std::env::var("PATH").unwrap_or_default())
}

/// Starts a part in a session of its own, with its log in the bed's folder.
pub(crate) fn launch(place: &Place, part: &Part) -> Result<(), BedError> {
    let log = place.log(part.name);
    if let Some(folder) = log.parent() {
        fs::create_dir_all(folder).map_err(BedError::io(folder))?;
    }
    let script = r#"log=$1; shift; exec "$@" >>"$log" 2>&1"#;
    let program = Program::new("setsid")
        .args(["--fork", "/bin/sh", "-c", script, "sh"])
        .args([log, part.program.clone()])
        .args(part.args.iter().map(PathBuf::from))
        .env("PATH", search_path())
        .env(MARK, place.folder())
        .env(PART, part.name)
        .folder("/");
    run(program).map(drop)
}
