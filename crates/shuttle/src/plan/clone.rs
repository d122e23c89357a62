//! A Git plan: cloned once, then kept up to date.
//!
//! Before anything is changed it is made sure that the folder is a repository of its own, and of this plan: in a
//! plain folder Git would find, and change, the repository around it, which is the user's.

use std::fs::{self, File, FileTimes};
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::{Origin, PlanError, git};
use crate::console::Console;
use crate::flags::Globals;

/// Names the plans that an outer shuttle has brought already.
pub(crate) const VALIDATED: &str = "SHUTTLE_PLANS_ALREADY_VALIDATED";

/// Brings a Git plan to a folder.
pub(super) fn bring(
    origin: &Origin,
    target: &Path,
    globals: &Globals,
    console: Console,
) -> Result<(), PlanError> {
    if is_validated(target) {
        return Ok(());
    }
    match inspect(origin, target, console)? {
        Found::Nothing => clone(origin, target, console),
        Found::Other => {
            console.info(&format!("Replacing what is in {}: it is not this plan", target.display()));
            fs::remove_dir_all(target).map_err(PlanError::file("remove", target))?;
            clone(origin, target, console)
        }
        Found::Changed(0) if globals.skip_pull || is_fresh(target)? => Ok(()),
        Found::Changed(0) => update(origin, target, console),
        Found::Changed(n) => {
            console.info(&format!("Found {n} files locally changed in plan"));
            console.info("Skipping plan pull because of changes");
            Ok(())
        }
    }
}

/// Clears a clone away that a copied plan would otherwise mix with; only one that nobody worked in.
pub(super) fn make_way_for_copy(target: &Path) -> Result<(), PlanError> {
    if !target.join(".git").exists() {
        return Ok(());
    }
    let console = Console::new(false, true);
    let origin = Origin { address: String::new(), head: String::new() };
    if n_changed(&origin, target, console)? > 0 {
        return Err(PlanError::OtherPlan { folder: target.to_owned(), wanted: "the local one".to_owned() });
    }
    fs::remove_dir_all(target).map_err(PlanError::file("remove", target))
}

/// What is at the place of the clone.
enum Found {
    Nothing,
    /// A copied plan, or an unchanged clone of another plan.
    Other,
    /// The clone, with this many changed files.
    Changed(usize),
}

fn inspect(origin: &Origin, target: &Path, console: Console) -> Result<Found, PlanError> {
    if !target.exists() {
        return Ok(Found::Nothing);
    }
    // Git is asked only where it cannot walk up to a repository around this one.
    if !target.join(".git").exists() {
        return Ok(Found::Other);
    }
    let changed = n_changed(origin, target, console)?;
    let remote = git::run(target, origin, &["config", "--get", "remote.origin.url"], console)?.stdout_text();
    let remote = Origin { address: remote, head: String::new() };
    if remote.shown() == origin.shown() {
        return Ok(Found::Changed(changed));
    }
    if changed > 0 {
        return Err(PlanError::OtherPlan { folder: target.to_owned(), wanted: origin.shown() });
    }
    Ok(Found::Other)
}

/// How many tracked files differ from what is checked out.
fn n_changed(origin: &Origin, target: &Path, console: Console) -> Result<usize, PlanError> {
    let status = git::must(target, origin, &["status", "--porcelain=v2", "--ignore-submodules"], console)?;
    if status.lines().any(|line| line.starts_with("u ")) {
        return Err(PlanError::Merging(target.to_owned()));
    }
    Ok(status.lines().filter(|line| line.starts_with("1 ") || line.starts_with("2 ")).count())
}

fn is_validated(target: &Path) -> bool {
    let list = std::env::var_os(VALIDATED).unwrap_or_default();
    std::env::split_paths(&list).any(|path| path == target)
}

/// Whether the clone was brought up to date within the time that the user allows.
fn is_fresh(target: &Path) -> Result<bool, PlanError> {
    let Ok(text) = std::env::var("SHUTTLE_CACHE_DURATION_MIN") else { return Ok(false) };
    if text.is_empty() {
        return Ok(false);
    }
    let minutes: u64 = text.parse().map_err(|_| PlanError::CacheDuration(text))?;
    let modified = fs::metadata(target)
        .and_then(|metadata| metadata.modified())
        .map_err(PlanError::file("read", target))?;
    let age = SystemTime::now().duration_since(modified).unwrap_or_default();
    Ok(age < Duration::from_secs(minutes.saturating_mul(60)))
}

fn clone(origin: &Origin, target: &Path, console: Console) -> Result<(), PlanError> {
    let folder = target.parent().unwrap_or(target);
    console.info(&format!("Cloning plan {}", origin.shown()));
    let address = origin.address.as_str();
    if is_commit_id(&origin.head) {
        git::must(folder, origin, &["clone", "--quiet", "--no-checkout", "--", address, "plan"], console)?;
        git::must(target, origin, &["checkout", "--quiet", "--detach", &origin.head], console)?;
    } else {
        git::must(
            folder,
            origin,
            &["clone", "--quiet", "--branch", &origin.head, "--", address, "plan"],
            console,
        )?;
    }
    Ok(())
}

fn is_commit_id(head: &str) -> bool {
    (7..=64).contains(&head.len()) && head.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn update(origin: &Origin, target: &Path, console: Console) -> Result<(), PlanError> {
    let head = origin.head.as_str();
    git::must(target, origin, &["fetch", "--quiet", "origin"], console)?;
    git::must(target, origin, &["checkout", "--quiet", head, "--"], console)?;
    if !git::run(target, origin, &["symbolic-ref", "--quiet", "HEAD"], console)?.succeeded() {
        console.info("Skipping plan pull because its running on detached head");
        return Ok(());
    }
    console.info(&format!("Pulling latest plan changes on {head}"));
    git::must(target, origin, &["pull", "--quiet", "origin", head], console)?;
    touch(target).map_err(PlanError::file("touch", target))
}

/// The folder's time says when the plan was last brought up to date.
fn touch(folder: &Path) -> io::Result<()> {
    let now = SystemTime::now();
    File::open(folder)?.set_times(FileTimes::new().set_accessed(now).set_modified(now))
}
