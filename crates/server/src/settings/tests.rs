//! Which of several values holds, and what a wrong file is told.

use std::fs;

use super::*;
use crate::args::{Command as Words, StartArgs};

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    fn read(&self, text: &str, flags: &[&str]) -> Result<(StartArgs, Vec<Setting>), String> {
        let file = self.file("settings.yaml", text);
        let args = ["release-manager", "start", "--config", &file].into_iter().chain(flags.iter().copied());
        match read(args.map(Into::into).collect()) {
            Ok((Cli { command: Words::Start(args) }, settings)) => Ok((*args, settings)),
            Ok(other) => panic!("{other:?}"),
            Err(error) => Err(error.to_string().replace(&self.0.path().display().to_string(), "DIR")),
        }
    }
}

#[test]
fn a_file_holds_what_flags_hold_and_a_flag_wins() {
    let text = "
http-port: 0
timeout: 1m30s
config-repo: git@git.test:config.git
log.development: yes
accept-rewritten-history: true
policy-branch-restrictions: {prod: '^master$', dev: .}
user-mappings:
- a@x=b@y
- c@x=d@y
hamctl-auth-token: one,two
";
    let (args, settings) = Place::new().read(text, &["--http-port=9000", "--git-user", "Ida"]).unwrap();
    assert_eq!((args.http_port, args.timeout.0.as_secs()), (9000, 90));
    assert_eq!(args.git.config_repo, "git@git.test:config.git");
    assert!(args.log.development && args.git.accept_rewritten_history);
    assert_eq!(args.policy_branch_restrictions, ["prod=^master$", "dev=."]);
    assert_eq!(args.notify.user_mappings, ["a@x=b@y", "c@x=d@y"]);
    assert_eq!(args.identity.hamctl_auth_token, ["one", "two"]);
    let origin = |name: &str| settings.iter().find(|setting| setting.name == name).unwrap().origin.clone();
    assert_eq!(origin("http-port"), Origin::Flag);
    assert_eq!(origin("git-email"), Origin::Default);
    assert!(matches!(origin("timeout"), Origin::File(_, 3)));
}

#[test]
fn every_fault_of_a_file_is_told_with_its_place() {
    let text = "
htp-port: 1
http-port: many
config: other.yaml
timeout: [1s]
mute-slack-notification-k8s: maybe
slack-url:
user-mappings: ['a=b,c=d']
data-dir: {a: b}
'': x
";
    let told = Place::new().read(text, &[]).unwrap_err().replace("; DIR", "\nDIR");
    insta::assert_snapshot!(told, @r"
    DIR/settings.yaml:2:1: `htp-port` is no setting; did you mean `http-port`?
    DIR/settings.yaml:3:1: `http-port` cannot be `many`: invalid digit found in string
    DIR/settings.yaml:4:1: `config` is no setting; `release-manager start --help` lists all
    DIR/settings.yaml:5:1: `timeout` takes one value
    DIR/settings.yaml:6:1: `mute-slack-notification-k8s` cannot be `maybe`: it is one of true, false
    DIR/settings.yaml:7:1: `slack-url` has no value; give one, or take the line out
    DIR/settings.yaml:8:1: an item of `user-mappings` holds a comma: a=b,c=d
    DIR/settings.yaml:9:1: `data-dir` takes one value
    DIR/settings.yaml:10:1: `` is no setting; `release-manager start --help` lists all
    ");
}

#[test]
fn what_is_no_file_of_settings_is_refused() {
    let place = Place::new();
    for (text, expected) in [
        ("a: [", "DIR/settings.yaml:1:4: unclosed bracket"),
        ("http-port: 1\nhttp-port: 2\n", "DIR/settings.yaml:2:1: key \"http-port\" already set in map"),
        ("- http-port\n", "DIR/settings.yaml:1:1: the file has to map names of flags to values"),
        ("http-port: 1\n---\nhttp-port: 2\n", "DIR/settings.yaml:3:1: a second document"),
        ("http-port: 1\0", "DIR/settings.yaml:1:13: control characters are not allowed"),
    ] {
        let told = place.read(text, &[]).unwrap_err();
        assert!(told.starts_with(expected), "{text}: {told}");
    }
    assert!(place.read("# nothing\n", &[]).is_ok());
    let none = read(["release-manager", "start", "--config=/nowhere"].map(Into::into).to_vec()).unwrap_err();
    assert!(none.to_string().starts_with("the configuration file /nowhere cannot be read: No such file"));
    let endless = read(["release-manager", "start", "--config=/dev/zero"].map(Into::into).to_vec());
    assert!(endless.unwrap_err().to_string().ends_with("is longer than 1048576 bytes"));
}

#[test]
fn secrets_come_from_files_of_their_own() {
    let place = Place::new();
    let slack = place.file("slack", "xoxb-1\n");
    let tokens = place.file("tokens", "one\ntwo\n");
    let text = format!("slack-token-file: {slack}\nhamctl-auth-token-file: {tokens}\n");
    let (args, settings) = place.read(&text, &[]).unwrap();
    assert_eq!(args.notify.slack_token, "xoxb-1");
    assert_eq!(args.identity.hamctl_auth_token, ["one", "two"]);
    let shown = show(&settings);
    assert!(!shown.contains("xoxb-1") && !shown.contains("two"), "{shown}");
    assert!(shown.contains("slack-token: \"***\"") && shown.contains("settings.yaml:1\n"), "{shown}");
    // The flag wins over the file, in both spellings.
    let (args, _) = place.read(&text, &["--slack-token=typed"]).unwrap();
    assert_eq!(args.notify.slack_token, "typed");
    let (args, _) = place.read("slack-token: x\n", &["--slack-token-file", &slack]).unwrap();
    assert_eq!(args.notify.slack_token, "xoxb-1");
    let both = place.read(&format!("slack-token: x\nslack-token-file: {slack}\n"), &[]).unwrap_err();
    assert_eq!(both, "slack-token and slack-token-file are both given; keep one");
    let (empty, two) = (place.file("empty", " \n"), place.file("two", "a\nb\n"));
    for (file, expected) in [
        (&empty, "slack-token-file: DIR/empty holds nothing"),
        (&two, "slack-token-file: DIR/two holds more than one line"),
    ] {
        assert_eq!(place.read("", &["--slack-token-file", file]).unwrap_err(), expected);
    }
}

#[test]
fn what_is_shown_is_a_file_that_says_the_same() {
    let place = Place::new();
    let text = "config-repo: git@git.test:config.git\ngit-user: 'Ida: \"H\"'\nuser-mappings: {a@x: b@y}\n";
    let (_, settings) = place.read(text, &["--log.level=debug"]).unwrap();
    let shown = show(&settings);
    assert!(shown.contains("# flag\n") && shown.contains("# default\n"), "{shown}");
    let (args, _) = place.read(&shown, &[]).unwrap();
    assert_eq!(args.git.git_user, "Ida: \"H\"");
    assert_eq!(args.notify.user_mappings, ["a@x=b@y"]);
    assert_eq!(args.log.level, "debug");
}

#[test]
fn every_flag_is_explained_under_a_topic_and_no_secret_shows() {
    const TOPICS: [&str; 8] = [
        "Server",
        "Config repository",
        "Artifacts",
        "Identity",
        "Broker",
        "Notifications",
        "Policies",
        "Logs and traces",
    ];
    let command = command();
    command.clone().debug_assert();
    let start = command.find_subcommand("start").unwrap();
    for flag in start.get_arguments().filter(|flag| flag.get_id() != "help") {
        let name = flag.get_long().unwrap();
        assert!(flag.get_help_heading().is_some_and(|topic| TOPICS.contains(&topic)), "{name} has no topic");
        assert!(flag.get_help().is_some(), "{name} is not explained");
        let sounds_secret =
            ["token", "secret", "password", "annotations"].iter().any(|word| name.contains(word));
        if sounds_secret && !name.ends_with("-file") {
            assert!(is_secret(flag), "{name} shows the value of its variable");
            assert!(
                start.get_arguments().any(|other| other.get_long() == Some(&format!("{name}-file"))),
                "{name}"
            );
        }
    }
}
