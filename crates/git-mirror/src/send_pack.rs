//! Git's push conversation without `git push`: our pack is what the remote wants already, so nothing has to be looked for
//! and packed once more. Pure functions over the bytes of both sides.
//!
//! All is sent at once, command and pack, and the answer is read when the conversation is over. Whether the remote
//! understands us is known from an earlier greeting; if not, or over HTTP, `git push` does it (Git's documentation,
//! `gitprotocol-pack`).

use process::Output;

use crate::porcelain::{self, kept};
use crate::{CommitId, PushOutcome};

/// An empty command list: the remote greets, and the conversation is over.
pub(crate) const GREETING_ONLY: &[u8] = b"0000";

/// The longest packet there is.
const LONGEST: usize = 65_520;

/// The command that moves a branch, followed by the pack.
pub(crate) fn request(head: &str, old: Option<CommitId>, new: CommitId, pack: &[u8]) -> Vec<u8> {
    let old = old.map_or_else(|| "0".repeat(40), |old| old.to_string());
    let version = env!("CARGO_PKG_VERSION");
    let command = format!(
        "{old} {new} {head}\0 report-status side-band-64k object-format=sha1 agent=release-manager/{version}"
    );
    let mut request = Vec::with_capacity(command.len() + pack.len() + 8);
    request.extend_from_slice(format!("{:04x}{command}0000", command.len() + 4).as_bytes());
    request.extend_from_slice(pack);
    request
}

/// Whether a remote that greets like this understands [`request`].
pub(crate) fn understands(greeting: &[u8]) -> bool {
    let Some((Some(first), _)) = packet(greeting) else { return false };
    let Some((_, capabilities)) = split(first, 0) else { return false };
    let capabilities = String::from_utf8_lossy(capabilities);
    let has = |name: &str| capabilities.split_whitespace().any(|capability| capability == name);
    let hash =
        capabilities.split_whitespace().find_map(|capability| capability.strip_prefix("object-format="));
    // Our packs hold differences by offset, and are of SHA-1.
    has("report-status") && has("side-band-64k") && has("ofs-delta") && hash.is_none_or(|hash| hash == "sha1")
}

/// What became of a request.
pub(crate) fn answer(output: &Output, head: &str, old: Option<CommitId>) -> PushOutcome {
    let stderr = output.stderr_text();
    let Some((before, rest)) = greeting(&output.stdout, head) else {
        return porcelain::not_greeted(&stderr);
    };
    let said = conversation(rest);
    if said.accepts(head) {
        return PushOutcome::Pushed;
    }
    let stderr = format!("{}{stderr}", said.told);
    let moved = before.as_deref() != old.map(|old| old.to_string()).as_deref();
    let mut lines = said.report.lines();
    match (lines.next().and_then(|line| line.strip_prefix("unpack ")), lines.next()) {
        (Some("ok"), Some(line)) => {
            let reason = line.strip_prefix("ng ").and_then(|line| line.split_once(' '));
            let reason = reason.map_or(line, |(_, reason)| reason);
            if moved {
                PushOutcome::Lost("fetch first".to_owned())
            } else {
                porcelain::rejected(reason, &stderr)
            }
        }
        (Some(reason), _) if moved => PushOutcome::Lost(format!("fetch first: {}", kept(&[reason], ""))),
        (Some(reason), _) => porcelain::rejected(&format!("unpacker error: {reason}"), &stderr),
        (None, _) => PushOutcome::Unknown(porcelain::said(&stderr)),
    }
}

/// Whether the remote has said already that the branch was moved, though it may not have said all.
pub(crate) fn accepted(stdout: &[u8], head: &str) -> bool {
    // The report ends so; the greeting, which can be long and comes in pieces, is looked at no more often than that.
    stdout.ends_with(b"0000")
        && greeting(stdout, head).is_some_and(|(_, rest)| conversation(rest).accepts(head))
}

/// Where the branch stands by the remote's greeting, and what comes after it; `None` without a whole greeting.
fn greeting<'b>(bytes: &'b [u8], head: &str) -> Option<(Option<String>, &'b [u8])> {
    let mut rest = bytes;
    let mut at = None;
    loop {
        let (line, after) = packet(rest)?;
        rest = after;
        let Some(line) = line else { return Some((at, rest)) };
        let line = split(line, 0).map_or(line, |(line, _)| line);
        let line = String::from_utf8_lossy(line);
        if let Some((id, name)) = line.trim_end().split_once(' ')
            && name == head
        {
            at = Some(id.to_owned());
        }
    }
}

/// What the remote said after its greeting.
#[derive(Default)]
struct Said {
    /// Its report, line by line.
    report: String,
    /// What it told people, as `git push` shows it.
    told: String,
}

impl Said {
    /// Whether the remote has taken the objects and moved the branch.
    fn accepts(&self, head: &str) -> bool {
        let mut lines = self.report.lines();
        lines.next() == Some("unpack ok")
            && lines.next().and_then(|line| line.strip_prefix("ok ")) == Some(head)
    }
}

fn conversation(mut bytes: &[u8]) -> Said {
    let (mut report, mut told) = (Vec::new(), Vec::new());
    while let Some((line, rest)) = packet(bytes) {
        bytes = rest;
        match line.and_then(|line| line.split_first()) {
            Some((1, data)) => report.extend_from_slice(data),
            Some((2 | 3, data)) => told.extend_from_slice(data),
            Some(_) => {}
            None => break,
        }
    }
    let mut said = Said::default();
    let mut report = report.as_slice();
    while let Some((Some(line), rest)) = packet(report) {
        report = rest;
        said.report.push_str(String::from_utf8_lossy(line).trim_end());
        said.report.push('\n');
    }
    for line in String::from_utf8_lossy(&told).lines() {
        said.told.push_str("remote: ");
        said.told.push_str(line);
        said.told.push('\n');
    }
    said
}

/// The next packet, `None` inside for one that ends a list, and the bytes after it; `None` when it is not whole.
fn packet(bytes: &[u8]) -> Option<(Option<&[u8]>, &[u8])> {
    let (length, rest) = bytes.split_at_checked(4)?;
    let length = usize::from_str_radix(str::from_utf8(length).ok()?, 16).ok()?;
    match length {
        0 => Some((None, rest)),
        4..=LONGEST => rest.split_at_checked(length - 4).map(|(line, rest)| (Some(line), rest)),
        _ => None,
    }
}

fn split(bytes: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let at = bytes.iter().position(|byte| *byte == at)?;
    Some((&bytes[..at], &bytes[at + 1..]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HEAD: &str = "refs/heads/master";
    const OLD: &str = "1111111111111111111111111111111111111111";
    const NEW: &str = "2222222222222222222222222222222222222222";

    fn line(text: &str) -> String {
        format!("{:04x}{text}", text.len() + 4)
    }

    fn greets(at: &str) -> String {
        let capabilities =
            "report-status delete-refs side-band-64k quiet atomic ofs-delta object-format=sha1";
        format!(
            "{}{}0000",
            line(&format!("{at} {HEAD}\0{capabilities}\n")),
            line(&format!("{NEW} refs/heads/other\n"))
        )
    }

    fn banded(band: u8, text: &str) -> String {
        line(&format!("{}{text}", char::from(band)))
    }

    fn reports(first: &str, second: &str) -> String {
        format!("{}0000", banded(1, &format!("{}{}0000", line(first), line(second))))
    }

    fn read(stdout: &str, stderr: &str) -> PushOutcome {
        let output = Output { code: Some(0), stdout: stdout.into(), stderr: stderr.into() };
        answer(&output, HEAD, Some(OLD.parse().unwrap()))
    }

    #[test]
    fn a_request_is_one_command_and_the_pack() {
        let request = request(HEAD, None, NEW.parse().unwrap(), b"PACK");
        let (Some(command), rest) = packet(&request).unwrap() else { panic!("no command") };
        let (command, capabilities) = split(command, 0).unwrap();
        assert_eq!(str::from_utf8(command).unwrap(), format!("{} {NEW} {HEAD}", "0".repeat(40)));
        assert!(str::from_utf8(capabilities).unwrap().contains(" report-status side-band-64k "));
        assert_eq!(rest, b"0000PACK");
    }

    #[test]
    fn only_a_remote_that_understands_all_of_it_is_talked_to() {
        assert!(understands(greets(OLD).as_bytes()));
        let empty =
            line(&format!("{} capabilities^{{}}\0report-status side-band-64k ofs-delta\n", "0".repeat(40)));
        assert!(understands(empty.as_bytes()), "an empty repository");
        for wrong in [
            greets(OLD).replace("ofs-delta", "ofs-nothing"),
            greets(OLD).replace("object-format=sha1", "object-format=sha2"),
            line("ERR access denied\n"),
            "0000".to_owned(),
            "garbage".to_owned(),
            String::new(),
        ] {
            assert!(!understands(wrong.as_bytes()), "{wrong}");
        }
    }

    #[test]
    fn every_answer_is_told_apart() {
        let ok = reports("unpack ok\n", &format!("ok {HEAD}\n"));
        let no = |reason: &str| reports("unpack ok\n", &format!("ng {HEAD} {reason}\n"));
        let told = banded(2, "prod is closed\nuntil Monday\n");
        let cases = [
            (greets(OLD) + &ok, "", PushOutcome::Pushed),
            (greets(OLD) + &told + &ok, "", PushOutcome::Pushed),
            (
                greets(OLD) + &told + &no("pre-receive hook declined"),
                "",
                PushOutcome::Refused("pre-receive hook declined: prod is closed until Monday".into()),
            ),
            (greets(OLD) + &no("failed to update ref"), "", PushOutcome::Lost("failed to update ref".into())),
            (greets(NEW) + &no("failed to update ref"), "", PushOutcome::Lost("fetch first".into())),
            (
                greets(OLD)
                    + &reports("unpack index-pack abnormal exit\n", &format!("ng {HEAD} unpacker error\n")),
                "",
                PushOutcome::Refused("unpacker error: index-pack abnormal exit".into()),
            ),
            (
                greets(OLD),
                "Connection closed by 10.0.0.1 port 22\n",
                PushOutcome::Unknown("Connection closed by 10.0.0.1 port 22".into()),
            ),
            (greets(OLD) + &ok[..20], "", PushOutcome::Unknown("git said nothing".into())),
            // What a host says is cut short and made harmless wherever it stands.
            (
                greets(NEW) + &reports(&format!("unpack \u{1b}[2J{}\n", "x".repeat(4000)), ""),
                "",
                PushOutcome::Lost(format!("fetch first: \u{fffd}[2J{}…", "x".repeat(2000 - 4))),
            ),
            (
                String::new(),
                "ssh: connect to host h port 22: Connection refused\n",
                PushOutcome::Unreachable("ssh: connect to host h port 22: Connection refused".into()),
            ),
            (
                String::new(),
                "git@h: Permission denied (publickey).\n",
                PushOutcome::Refused("git@h: Permission denied (publickey).".into()),
            ),
            (
                String::new(),
                "ERROR: The key you are authenticating with has been marked as read only.\n",
                PushOutcome::Refused(
                    "ERROR: The key you are authenticating with has been marked as read only.".into(),
                ),
            ),
            // The command may have been read before the line was cut.
            (
                String::new(),
                "client_loop: send disconnect: Broken pipe\n",
                PushOutcome::Unknown("client_loop: send disconnect: Broken pipe".into()),
            ),
            (String::new(), "", PushOutcome::Unknown("git said nothing".into())),
        ];
        for (stdout, stderr, expected) in cases {
            assert_eq!(read(&stdout, stderr), expected, "{stdout} {stderr}");
        }
    }

    #[test]
    fn a_branch_is_moved_when_the_report_says_so_and_not_before() {
        let ok = reports("unpack ok\n", &format!("ok {HEAD}\n"));
        let whole = greets(OLD) + &ok;
        for upto in 0..whole.len() - 8 {
            assert!(!accepted(&whole.as_bytes()[..upto], HEAD), "{}", &whole[..upto]);
        }
        assert!(accepted(whole.as_bytes(), HEAD));
        assert!(accepted(&whole.as_bytes()[..whole.len() - 4], HEAD), "the remote tidies up before it ends");
        for refused in [reports("unpack ok\n", &format!("ng {HEAD} no\n")), reports("unpack no\n", "")] {
            assert!(!accepted((greets(OLD) + &refused).as_bytes(), HEAD));
        }
    }

    proptest! {
        #[test]
        fn no_answer_is_too_strange(bytes in prop::collection::vec(any::<u8>(), 0..400), cut in 0usize..400) {
            let _ = understands(&bytes);
            let mut whole = (greets(OLD) + &reports("unpack ok\n", "ok x\n")).into_bytes();
            whole.truncate(cut);
            whole.extend(bytes);
            let output = Output { code: None, stdout: whole, stderr: Vec::new() };
            prop_assert_ne!(answer(&output, HEAD, None), PushOutcome::Pushed);
        }
    }
}
