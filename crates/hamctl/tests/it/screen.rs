//! What a person at a terminal sees and answers.

use std::process::Command;

use jiff::{SignedDuration, Timestamp};
use rexpect::session::{PtySession, spawn_command};

use crate::double::Double;
use crate::samples::{NEW, OLD, landed, ready, releases, running};

/// How long a person would wait for an answer that never comes.
const PATIENCE_MS: Option<u64> = Some(30_000);

/// A command that runs on a terminal, and the terminal's screen of 24 lines.
pub(crate) struct Screen {
    session: PtySession,
    screen: vt100::Parser,
    _home: tempfile::TempDir,
}

impl Screen {
    fn run(double_url: &str, arguments: &str) -> Self {
        Self::wide(80, double_url, arguments)
    }

    pub(crate) fn wide(columns: u16, double_url: &str, arguments: &str) -> Self {
        Self::start(columns, "xterm", double_url, arguments, &[])
    }

    /// On the terminal of somebody who has not logged in yet.
    pub(crate) fn of_a_stranger(columns: u16, double_url: &str, issuer: &str, arguments: &str) -> Self {
        let variables =
            [("HAMCTL_TOKEN", ""), ("HAMCTL_OAUTH_IDP_URL", issuer), ("HAMCTL_OAUTH_CLIENT_ID", "hamctl")];
        Self::start(columns, "xterm", double_url, arguments, &variables)
    }

    /// On a terminal whose owner wants no colours.
    pub(crate) fn colourless(double_url: &str, arguments: &str) -> Self {
        Self::start(80, "xterm", double_url, arguments, &[("NO_COLOR", "1")])
    }

    fn dumb(double_url: &str, arguments: &str) -> Self {
        Self::start(80, "dumb", double_url, arguments, &[])
    }

    #[expect(clippy::disallowed_methods, reason = "the command needs a terminal, not pipes")]
    fn start(
        columns: u16,
        kind: &str,
        double_url: &str,
        arguments: &str,
        variables: &[(&str, &str)],
    ) -> Self {
        let home = tempfile::TempDir::new().unwrap();
        let mut command = Command::new("sh");
        // The size is that of the terminal before the command looks at it.
        let script = format!("stty rows 24 cols {columns} && exec \"$0\" \"$@\"");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_hamctl")]);
        command.args(arguments.split_whitespace()).current_dir(home.path()).env_clear();
        command.env("HOME", home.path()).env("TERM", kind).env("TZ", "UTC");
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HAMCTL_URL", double_url).env("HAMCTL_TOKEN", "static").envs(variables.iter().copied());
        let session = spawn_command(command, PATIENCE_MS).unwrap();
        Self {
            session,
            screen: vt100::Parser::new(24.try_into().unwrap(), columns.try_into().unwrap(), 0),
            _home: home,
        }
    }

    /// Waits until the command has printed this.
    pub(crate) fn shows(&mut self, text: &str) {
        let before = self.session.exp_string(text).unwrap();
        self.print(&before);
        self.print(text);
    }

    /// Presses keys, as the bytes a terminal sends for them.
    pub(crate) fn presses(&mut self, keys: &str) {
        self.session.send(keys).unwrap();
        self.session.flush().unwrap();
    }

    /// Waits for the end; tells the exit status and what is on the screen then.
    pub(crate) fn ends(mut self) -> (String, vt100::Parser) {
        let rest = self.session.exp_eof().unwrap();
        self.print(&rest);
        let status = format!("{:?}", self.session.process().wait().unwrap());
        (status, self.screen)
    }

    /// The reader hands out bytes as characters.
    fn print(&mut self, text: &str) {
        let bytes: Vec<u8> = text.chars().filter_map(|character| u8::try_from(character).ok()).collect();
        self.screen.process(&bytes);
    }
}

/// Runs a conversation beside the double.
pub(crate) async fn converse<T: Send + 'static>(conversation: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(conversation).await.unwrap()
}

async fn with_releases() -> Double {
    let double = Double::start().await;
    let mut answer = releases();
    for (release, days) in answer.releases.iter_mut().zip([3, 6]) {
        let then = Timestamp::now() - SignedDuration::from_hours(24 * days);
        release.released_at = artifact::WireTime::utc(then);
    }
    double.answers("GET /describe/release/billing/dev", &answer);
    double.answers("POST /release", &landed("dev", OLD));
    double
}

#[tokio::test]
async fn a_person_chooses_what_to_roll_back_to() {
    let double = with_releases().await;
    let url = double.url.clone();
    let (status, screen) = converse(move || {
        let mut screen = Screen::run(&url, "rollback --service billing --env dev");
        screen.shows("Esc to cancel");
        insta::assert_snapshot!(screen.screen.screen().contents(), @r"
        Which release to rollback 'dev' to?
          #0 master-0a1b2c3d4e-99aa88bb77 current release 3 days ago by bo@example.tes…
        > #1 master-77ff00aa11-99aa88bb77 6 days ago by ida@example.test: Fix rounding
        ↑ ↓ or a number, Enter to take it, Esc to cancel
        ");
        // Up, then an end that it is at already, then a number that there is not, which Enter does not take.
        for (keys, help) in [
            ("\x1b[A", " or a number, Enter to take it, Esc to cancel"),
            ("\x1b[A", " or a number, Enter to take it, Esc to cancel"),
            ("7", "7 is not in the list: Backspace to change it, Esc to cancel"),
            ("\r", "7 is not in the list: Backspace to change it, Esc to cancel"),
            ("\x7f", " or a number, Enter to take it, Esc to cancel"),
            ("1", "1: Enter to take it, Backspace to change it, Esc to cancel"),
        ] {
            screen.presses(keys);
            screen.shows(help);
        }
        screen.presses("\r");
        screen.ends()
    })
    .await;
    assert!(status.ends_with(", 0)"), "{status}");
    insta::assert_snapshot!(screen.screen().contents(), @r"
    Which release to rollback 'dev' to?
    > #1 master-77ff00aa11-99aa88bb77 6 days ago by ida@example.test: Fix rounding
    [✓] Starting rollback of service billing to master-77ff00aa11-99aa88bb77
    [✓] Release of master-77ff00aa11-99aa88bb77 to dev initialized
    ");
    let green = vt100::Color::Idx(2);
    let marks = (0..24).filter(|row| {
        let cell = |column| screen.screen().cell(*row, column).unwrap();
        cell(0).contents() == "[" && cell(1).fgcolor() == green
    });
    assert_eq!(marks.count(), 2, "what went well is green");
    assert!(double.asked()[1].contains(&format!("\"artifactId\":\"{OLD}\"")), "{:?}", double.asked());
}

#[tokio::test]
async fn a_choice_can_be_cancelled_and_leaves_the_terminal_as_it_was() {
    for keys in ["\x03", "\x04", "\x1b", "q"] {
        let double = with_releases().await;
        let url = double.url.clone();
        let (status, screen) = converse(move || {
            let mut screen = Screen::run(&url, "rollback --service billing --env dev");
            screen.shows("Esc to cancel");
            screen.presses(keys);
            screen.ends()
        })
        .await;
        assert!(status.ends_with(", 6)"), "{keys:?}: {status}");
        let shown = screen.screen().contents();
        assert_eq!(shown, "Which release to rollback 'dev' to?\nerror: cancelled", "{keys:?}");
        assert_eq!(double.asked().len(), 1, "nothing was released");
    }
}

#[tokio::test]
async fn a_terminal_that_cannot_move_its_cursor_asks_for_the_number() {
    let double = with_releases().await;
    let url = double.url.clone();
    let (status, screen) = converse(move || {
        let mut screen = Screen::dumb(&url, "rollback --service billing --env dev");
        screen.shows("[1]: ");
        screen.presses("0\r");
        screen.ends()
    })
    .await;
    assert!(status.ends_with(", 0)"), "{status}");
    insta::assert_snapshot!(screen.screen().contents(), @r"
    Which release to rollback 'dev' to?
      #0 master-0a1b2c3d4e-99aa88bb77 current release 3 days ago by bo@example.test: Add refund limit
      #1 master-77ff00aa11-99aa88bb77 6 days ago by ida@example.test: Fix rounding
    Number (0 to 1) [1]: [✓] Starting rollback of service billing to master-0a1b2c3d4e-99aa88bb77
    [✓] Release of master-77ff00aa11-99aa88bb77 to dev initialized
    ");
}

#[tokio::test]
async fn a_wait_is_one_line_that_goes_away() {
    let double = Double::start().await;
    double.answers("POST /release", &landed("dev", NEW));
    for rollout in [None, None, None, ready(NEW)] {
        double.answers("GET /describe/release/billing/dev", &running(NEW, rollout));
    }
    let url = double.url.clone();
    let (status, screen) = converse(move || {
        let command = format!("release --service billing --artifact {NEW} --env dev --wait");
        let mut screen = Screen::run(&url, &command);
        screen.shows(" s)");
        let shown = screen.screen.screen().contents();
        assert!(
            shown
                .lines()
                .last()
                .unwrap()
                .starts_with("waiting until dev is ready: no report from the cluster yet ("),
            "{shown}"
        );
        screen.ends()
    })
    .await;
    assert!(status.ends_with(", 0)"), "{status}");
    insta::assert_snapshot!(screen.screen().contents(), @r#"
    Release of service: billing
    [✓] Release of master-0a1b2c3d4e-99aa88bb77 to dev initialized
    [✓] master-0a1b2c3d4e-99aa88bb77 is ready in dev: Deployment web 2/2
    "#);
}
