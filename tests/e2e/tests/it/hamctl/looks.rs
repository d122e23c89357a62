//! The commands that only look.

use e2e::Screen;

use super::world::{World, assert_told};
use super::{completes, data};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_live_server_is_looked_at_by_every_command() {
    let (world, first, second) = World::with_releases().await;
    let names = [(&first, "[first]"), (&second, "[second]")];
    let commits = || world.stage.repository("config").unwrap().log("master").unwrap().len();
    let before = commits();
    reports_first_again(&world, &second.id).await;
    let told = world.transcript(&[
        "status --service web",
        "status --service web --namespace nowhere",
        "diff --service web --env staging",
        &format!("diff --service web --env dev --artifact {}", second.id),
        "diff --service web --env staging --exit-code --output json --artifact nope",
        "diff --service web --env stagign",
        "promote --service web --env staging --dry-run",
        "promote --service web --env prod --dry-run",
        "release --service web --branch master --env dev,staging --dry-run",
        "history --service web",
        "history --service web --env staging --limit 1",
        "history --service web --env stagign",
        "services",
        "describe release --service web --env dev",
        "describe artifact --service web --count 2",
        "describe artifact --service wbe",
        "policy list --service web",
        "queue list",
        "whoami",
        "doctor --service web",
        "version",
    ]);
    assert_told("looks", &told, &names);
    templates(&world, &first.id, &second.id);
    data::every_answer_is_data(&world, &first.id, &second.id);
    completes::names_come_from_the_server(&world, &first.id, &second.id);
    watch(&world, &second.id).await;
    assert_eq!(commits(), before, "somebody wrote who only looked");
}

async fn reports_first_again(world: &World, second: &str) {
    e2e::reports::ready(&world.stage, "dev", second).await.unwrap();
}

fn templates(world: &World, first: &str, second: &str) {
    let run = |words: &[&str]| {
        let output = world.stage.hamctl(words).run().unwrap();
        (output.stdout_text(), output.stderr_text(), output.code)
    };
    let template = "{{ range .Releases }}{{ .ArtifactID }} {{ .CommitMessage }} ({{ .Intent }})\n{{ end }}";
    let words = ["describe", "release", "--service", "web", "--env", "dev", "--count", "2", "--template"];
    let (told, _, code) = run(&[&words[..], &[template]].concat());
    let expected = format!(
        "{second} Greet by the time of day (master branch release)\n{first} Greet with hello (master branch release)"
    );
    assert_eq!((told.as_str(), code), (expected.as_str(), Some(0)));
    let template = "{{ range .Artifacts }}{{ rightPad .CommitMessage 26 }}|{{ end }}";
    let (told, _, _) = run(&["describe", "artifact", "--service", "web", "--template", template]);
    assert_eq!(told, "Greet by the time of day  |Greet with hello          |");
    let (told, wrong, code) = run(&[&words[..], &["{{ .Nothing }}"]].concat());
    assert_eq!((told.as_str(), code), ("", Some(2)), "{wrong}");
    assert!(wrong.contains("Nothing"), "{wrong}");
}

/// A watched status changes when the cluster reports, and ends with Ctrl-C.
async fn watch(world: &World, artifact: &str) {
    let handle = tokio::runtime::Handle::current();
    let screen = tokio::task::block_in_place(|| {
        let mut screen = Screen::new(24, 120);
        let mut running = screen.start(&world.stage, "hamctl status --service web --watch").unwrap();
        running.shows("ready: Deployment web 1/1").unwrap();
        handle
            .block_on(e2e::reports::crashed(&world.stage, "dev", artifact, "panic: no greeting\n"))
            .unwrap();
        running.shows("panic: no greeting").unwrap();
        running.presses("\x03").unwrap();
        assert_eq!(running.ends().unwrap(), "SIGINT");
        screen.contents()
    });
    assert_eq!(screen.matches("Status for service web").count(), 1, "it is redrawn in place:\n{screen}");
    assert!(screen.contains("failed: CrashLoopBackOff in web-5d9c-abcde/web"), "{screen}");
}
