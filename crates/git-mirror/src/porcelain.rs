//! What the `git` program said, read. Pure functions over recorded bytes.

use process::Output;

use crate::{CommitId, PushOutcome};

/// Why a fetch did not work.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum FetchFailure {
    /// The remote answered, and has no such branch.
    NoBranch,
    /// No answer.
    Unreachable(String),
    /// It does not let us in.
    Refused(String),
    /// Anything else.
    Other(String),
}

/// Reads a failed `git fetch`.
pub(crate) fn fetch_failure(output: &Output) -> FetchFailure {
    let text = output.stderr_text();
    if text.contains("couldn't find remote ref") {
        return FetchFailure::NoBranch;
    }
    match contact(&text) {
        Some(Contact::Refused) => FetchFailure::Refused(said(&text)),
        Some(Contact::None) => FetchFailure::Unreachable(said(&text)),
        None if hung_up(&text) => FetchFailure::Unreachable(said(&text)),
        None => FetchFailure::Other(said(&text)),
    }
}

/// Reads `git ls-remote`: the refs that begin with `prefix`, without it. Lines that are none are left out.
pub(crate) fn listed(output: &Output, prefix: &str) -> Vec<(String, CommitId)> {
    let text = output.stdout_text();
    let lines = text.lines().filter_map(|line| line.split_once('\t'));
    lines.filter_map(|(id, name)| Some((name.strip_prefix(prefix)?.to_owned(), id.parse().ok()?))).collect()
}

/// Reads `git push --porcelain` of one ref.
pub(crate) fn pushed(output: &Output) -> PushOutcome {
    let stdout = output.stdout_text();
    let stderr = output.stderr_text();
    let status = stdout.lines().find_map(|line| line.split_once('\t'));
    let Some((flag, rest)) = status else {
        return match contact(&stderr) {
            Some(Contact::Refused) => PushOutcome::Refused(said(&stderr)),
            Some(Contact::None) => PushOutcome::Unreachable(said(&stderr)),
            None => PushOutcome::Unknown(said(&stderr)),
        };
    };
    let summary = rest.rsplit('\t').next().unwrap_or(rest);
    match flag.trim() {
        "" | "*" | "+" | "=" if output.succeeded() => PushOutcome::Pushed,
        "!" if summary.contains("remote failure") => PushOutcome::Unknown(explained(summary, &stderr)),
        "!" => rejected(summary, &stderr),
        // A good line and a bad exit code contradict each other: look at the remote.
        _ => PushOutcome::Unknown(explained(summary, &stderr)),
    }
}

/// Why a remote that answered did not move its branch.
pub(crate) fn rejected(reason: &str, stderr: &str) -> PushOutcome {
    let lost = LOST.iter().any(|lost| reason.contains(lost.trim_matches(['(', ')'])));
    if lost {
        PushOutcome::Lost(explained(reason, stderr))
    } else {
        PushOutcome::Refused(explained(reason, stderr))
    }
}

/// What it means that a remote to which everything was sent did not even greet.
pub(crate) fn not_greeted(stderr: &str) -> PushOutcome {
    // These tell of a line that was up before it was cut.
    const CUT: [&str; 5] = ["client_loop", "Broken pipe", "Connection reset", "closed by", "Timeout, server"];
    let text = said(stderr);
    if stderr.trim().is_empty() || CUT.iter().any(|cut| stderr.contains(cut)) {
        return PushOutcome::Unknown(text);
    }
    match contact(&format!("{stderr}\nCould not read from remote repository.")) {
        Some(Contact::Refused) => PushOutcome::Refused(text),
        Some(Contact::None) => PushOutcome::Unreachable(text),
        None => PushOutcome::Unknown(text),
    }
}

/// The ways in which Git, old and new, says that somebody else was first.
const LOST: [&str; 8] = [
    "(stale info)",
    "(fetch first)",
    "(non-fast-forward)",
    "(remote ref updated since checkout)",
    "(failed to update ref)",
    "(incorrect old value provided)",
    "(reference already exists)",
    "cannot lock ref",
];

enum Contact {
    None,
    Refused,
}

/// Whether the conversation ended before anything was sent, and why.
fn contact(stderr: &str) -> Option<Contact> {
    const REFUSED: [&str; 9] = [
        "Permission denied",
        "Authentication failed",
        "could not read Username",
        "could not read Password",
        "Host key verification failed",
        "The requested URL returned error: 401",
        "The requested URL returned error: 403",
        "The requested URL returned error: 404",
        "Repository not found",
    ];
    const NONE: [&str; 3] =
        ["unable to access", "does not appear to be a git repository", "unable to connect"];
    if REFUSED.iter().any(|text| stderr.contains(text)) {
        Some(Contact::Refused)
    } else if NONE.iter().any(|text| stderr.contains(text)) {
        Some(Contact::None)
    } else if stderr.contains("Could not read from remote repository") {
        Some(if told_no(stderr) { Contact::Refused } else { Contact::None })
    } else {
        None
    }
}

/// Whether the words before Git's own are the host's, which answered and did not let us in, each in its own way. What
/// SSH says of the network, and what a host in trouble says, is no such answer.
fn told_no(stderr: &str) -> bool {
    const TROUBLE: [&str; 12] = [
        "ssh:",
        "connection",
        "kex_exchange",
        "timed out",
        "timeout",
        "broken pipe",
        "client_loop",
        "internal",
        "temporar",
        "unavailable",
        "try again",
        "hung up",
    ];
    let words = said(stderr).to_lowercase().replace("could not read from remote repository.", "");
    words.contains(char::is_alphabetic) && !TROUBLE.iter().any(|text| words.contains(text))
}

fn hung_up(stderr: &str) -> bool {
    ["hung up unexpectedly", "early EOF", "RPC failed", "Connection reset", "Broken pipe"]
        .iter()
        .any(|text| stderr.contains(text))
}

/// The reason in the brackets, and what the remote's hook told us.
fn explained(summary: &str, stderr: &str) -> String {
    let reason = summary.rsplit_once('(').map_or(summary, |(_, reason)| reason.trim_end_matches(')'));
    let told: Vec<&str> = stderr
        .lines()
        .filter_map(|line| line.strip_prefix("remote:"))
        .map(str::trim)
        // The remote's git repeats what its status line says.
        .filter(|line| !line.is_empty() && !line.starts_with("error:"))
        .collect();
    let told = kept(&told, " ");
    if told.is_empty() { kept(&[reason], "") } else { format!("{}: {told}", kept(&[reason], "")) }
}

/// The lines that say something, on one line.
pub(crate) fn said(stderr: &str) -> String {
    const ADVICE: [&str; 3] = ["Please make sure", "and the repository exists", "hint:"];
    let lines: Vec<&str> = stderr
        .lines()
        .map(|line| line.trim().trim_start_matches("fatal: ").trim_start_matches("error: "))
        .filter(|line| !line.is_empty() && !ADVICE.iter().any(|advice| line.starts_with(advice)))
        .collect();
    if lines.is_empty() { "git said nothing".to_owned() } else { kept(&lines, "; ") }
}

/// What of a remote's words is passed on: it may say megabytes, of anything.
const MOST_LINES: usize = 20;
const MOST_CHARACTERS: usize = 2000;

/// The first lines, joined, without what would move a cursor or break a log; `…` stands for the rest.
pub(crate) fn kept(lines: &[&str], between: &str) -> String {
    let joined = lines.iter().take(MOST_LINES).copied().collect::<Vec<_>>().join(between);
    let clean = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let mut characters = joined.chars().map(clean);
    let mut text: String = characters.by_ref().take(MOST_CHARACTERS).collect();
    if characters.next().is_some() || lines.len() > MOST_LINES {
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(code: i32, stdout: &str, stderr: &str) -> Output {
        Output { code: Some(code), stdout: stdout.into(), stderr: stderr.into() }
    }

    #[test]
    fn a_listing_is_read_line_by_line() {
        let id = "0123456789abcdef0123456789abcdef01234567";
        let text =
            format!("{id}\trefs/heads/a/1\nbad\trefs/heads/a/2\nwarning: x\n{id}\trefs/tags/refs/heads/a\n");
        assert_eq!(listed(&output(0, &text, ""), "refs/heads/a/"), [("1".to_owned(), id.parse().unwrap())]);
        assert_eq!(listed(&output(0, "", ""), "refs/heads/"), []);
    }

    #[test]
    fn a_push_is_read_from_its_status_line() {
        let line = |flag: &str, summary: &str| {
            format!("To /srv/config.git\n{flag}\t0123:refs/heads/master\t{summary}\nDone\n")
        };
        let cases = [
            (0, line(" ", "1111111..2222222"), "", PushOutcome::Pushed),
            (0, line("*", "[new branch]"), "", PushOutcome::Pushed),
            (0, line("=", "[up to date]"), "", PushOutcome::Pushed),
            (
                1,
                line("!", "[remote rejected] (pre-receive hook declined)"),
                "remote: prod is closed        \nremote: until Monday        \nremote: error: hook declined to update refs/heads/master\nerror: failed to push some refs",
                PushOutcome::Refused("pre-receive hook declined: prod is closed until Monday".into()),
            ),
            (
                1,
                line("!", "[remote failure] (remote failed to report status)"),
                "",
                PushOutcome::Unknown("remote failed to report status".into()),
            ),
            (
                128,
                String::new(),
                "fatal: unable to access 'http://h/x/': Failed to connect to h port 80: Connection refused\n",
                PushOutcome::Unreachable(
                    "unable to access 'http://h/x/': Failed to connect to h port 80: Connection refused"
                        .into(),
                ),
            ),
            (
                128,
                String::new(),
                "git@h: Permission denied (publickey).\nfatal: Could not read from remote repository.\n\n\
                 Please make sure you have the correct access rights\nand the repository exists.\n",
                PushOutcome::Refused(
                    "git@h: Permission denied (publickey).; Could not read from remote repository.".into(),
                ),
            ),
            (
                128,
                String::new(),
                "ERROR: The key you are authenticating with has been marked as read only.\n\
                 fatal: Could not read from remote repository.\n",
                PushOutcome::Refused(
                    "ERROR: The key you are authenticating with has been marked as read only.; Could not read \
                     from remote repository."
                        .into(),
                ),
            ),
            (
                128,
                String::new(),
                "Connection closed by 10.0.0.1 port 22\nfatal: Could not read from remote repository.\n",
                PushOutcome::Unreachable(
                    "Connection closed by 10.0.0.1 port 22; Could not read from remote repository.".into(),
                ),
            ),
            (
                128,
                String::new(),
                "fatal: the remote end hung up unexpectedly\n",
                PushOutcome::Unknown("the remote end hung up unexpectedly".into()),
            ),
            (1, line(" ", "1111111..2222222"), "", PushOutcome::Unknown("1111111..2222222".into())),
            (1, String::new(), "", PushOutcome::Unknown("git said nothing".into())),
        ];
        for (code, stdout, stderr, expected) in cases {
            assert_eq!(pushed(&output(code, &stdout, stderr)), expected, "{stdout}{stderr}");
        }
    }

    #[test]
    fn a_push_that_others_overtook_says_how_git_put_it() {
        for reason in [
            "stale info",
            "fetch first",
            "failed to update ref",
            "cannot lock ref 'refs/heads/master': is at 1 but expected 2",
        ] {
            let status = format!("!\t0123:refs/heads/master\t[rejected] ({reason})\n");
            let read = pushed(&output(1, &status, "error: failed to push some refs"));
            assert_eq!(read, PushOutcome::Lost(reason.into()));
        }
    }

    #[test]
    fn a_remote_that_talks_without_end_is_cut_short_and_made_harmless() {
        let status = "!\t0123:refs/heads/master\t[remote rejected] (pre-receive hook declined)\n";
        let long = format!("remote: \u{1b}[2J{}\n", "é".repeat(1 << 20));
        let PushOutcome::Refused(text) = pushed(&output(1, status, &long)) else { panic!("not refused") };
        assert!(text.starts_with("pre-receive hook declined: \u{fffd}[2Jéé"), "{}", &text[..60]);
        assert_eq!(text.chars().count(), "pre-receive hook declined: ".len() + MOST_CHARACTERS + 1);
        let lines = "remote: no\n".repeat(1000);
        let PushOutcome::Refused(text) = pushed(&output(1, status, &lines)) else { panic!("not refused") };
        assert_eq!((text.matches("no").count(), text.ends_with("no…")), (MOST_LINES, true));
        let FetchFailure::Other(text) = fetch_failure(&output(128, "", &"bad\u{7}\n".repeat(1000))) else {
            panic!("not another failure")
        };
        assert_eq!((text.matches("bad\u{fffd}").count(), text.contains('\u{7}')), (MOST_LINES, false));
        let reason = format!("!\tx:y\t[remote rejected] ({})\n", "x".repeat(1 << 20));
        let PushOutcome::Refused(text) = pushed(&output(1, &reason, "")) else { panic!("not refused") };
        assert_eq!(text.chars().count(), MOST_CHARACTERS + 1);
    }

    #[test]
    fn a_failed_fetch_says_whether_the_remote_answered() {
        let read = |stderr: &str| fetch_failure(&output(128, "", stderr));
        assert_eq!(read("fatal: couldn't find remote ref refs/heads/master\n"), FetchFailure::NoBranch);
        assert_eq!(
            read(
                "ssh: connect to host h port 22: Connection refused\nfatal: Could not read from remote repository.\n"
            ),
            FetchFailure::Unreachable(
                "ssh: connect to host h port 22: Connection refused; Could not read from remote repository."
                    .into()
            )
        );
        assert_eq!(
            read("fatal: Authentication failed for 'http://h/x/'\n"),
            FetchFailure::Refused("Authentication failed for 'http://h/x/'".into())
        );
        assert_eq!(read("fatal: bad object\n"), FetchFailure::Other("bad object".into()));
    }
}
