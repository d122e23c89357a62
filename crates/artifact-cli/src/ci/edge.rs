//! Reads the environment, the event file and the commit.

use std::fs::File;
use std::io::Read;
use std::time::Duration;

use artifact::BranchName;
use process::Program;

use super::event::Event;
use super::fact::{Facts, Field};
use super::system::{System, Variables};
use super::{CiError, tables};

/// More than any event GitHub sends.
const LARGEST_EVENT: u64 = 32 << 20;
/// Reading one commit takes milliseconds; a disk that hangs is not waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// All that is known of the build: what flags say first, then the commit itself, then the CI system.
pub(crate) fn known(flags: Facts) -> Result<Facts, CiError> {
    let variables: Variables = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    let system = System::of(&variables);
    let mut told = match system {
        Some(System::GitHub) => tables::facts(System::GitHub, &variables, &event(&variables)),
        Some(other) => tables::facts(other, &variables, &Event::default()),
        None => Facts::default(),
    };
    // What the system says of its commit does not hold for another one.
    let other = |sha| told.get(Field::Sha).is_none_or(|known| !known.starts_with(sha));
    if flags.get(Field::Sha).is_some_and(other) {
        Field::OF_COMMIT.into_iter().for_each(|field| told.forget(field));
    }
    // Of all that is required, Git does not know the branch alone.
    let of_git = |field: &Field| *field != Field::Branch;
    let given = |field: &Field| flags.get(*field).is_some();
    let (commit, git) = if Field::REQUIRED.iter().filter(|field| of_git(field)).all(given) {
        (Facts::default(), None)
    } else {
        let sha = flags.sourced(Field::Sha).or(told.sourced(Field::Sha));
        commit(sha, system)?
    };
    let facts = flags.clone().or(commit.or(told).checked()?);
    let missing: Vec<Field> =
        Field::REQUIRED.into_iter().filter(|field| facts.get(*field).is_none()).collect();
    if !missing.is_empty() {
        let git = git.filter(|_| missing.iter().any(of_git));
        return Err(CiError::Missing { missing, system, git });
    }
    if let (None, Some((branch, source_name))) = (flags.get(Field::Branch), facts.sourced(Field::Branch)) {
        let parsed = branch.parse::<BranchName>();
        parsed.map_err(|source| CiError::NotABranch { source_name, source })?;
    }
    Ok(facts)
}

/// The event of GitHub Actions; one that cannot be read says nothing.
fn event(variables: &Variables) -> Event {
    let read = || {
        let path = variables.get("GITHUB_EVENT_PATH")?;
        // A pipe in its place would be waited for.
        let length = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?.len();
        let mut bytes = Vec::new();
        let file = File::open(path).ok().filter(|_| length <= LARGEST_EVENT)?;
        file.take(LARGEST_EVENT).read_to_end(&mut bytes).ok()?;
        serde_json::from_slice(&bytes).ok()
    };
    read().unwrap_or_default()
}

/// What Git knows of a commit, or why it does not. Without an id, the commit that a CI system checked out.
fn commit(
    sha: Option<(&str, &'static str)>,
    system: Option<System>,
) -> Result<(Facts, Option<String>), CiError> {
    let name = match sha {
        Some((sha, _)) if is_commit_id(sha) => sha,
        Some((_, source_name)) => return Err(CiError::NotACommit { source_name }),
        None if system.is_some() => "HEAD",
        None => return Ok((Facts::default(), None)),
    };
    let format = "--format=%H%x00%an%x00%ae%x00%cn%x00%ce%x00%B";
    let show = ["-c", "log.showSignature=false", "show", "--no-patch", "--encoding=UTF-8", format];
    let shown = Program::new("git")
        .args(show)
        .args(["--end-of-options".to_owned(), format!("{name}^{{commit}}")])
        .deadline(PATIENCE)
        .run();
    Ok(match shown {
        Ok(output) if output.succeeded() => (parsed(&output.stdout_text()), None),
        Ok(output) => (Facts::default(), output.stderr_text().lines().next().map(str::to_owned)),
        Err(error) => (Facts::default(), Some(error.to_string())),
    })
}

/// Whole or cut, and nothing that Git could take for something else.
fn is_commit_id(text: &str) -> bool {
    (4..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn parsed(shown: &str) -> Facts {
    let mut facts = Facts::default();
    let mut parts = shown.splitn(6, '\0');
    for field in [
        Field::Sha,
        Field::AuthorName,
        Field::AuthorEmail,
        Field::CommitterName,
        Field::CommitterEmail,
        Field::Message,
    ] {
        facts.note(field, "the commit", parts.next());
    }
    facts
}
