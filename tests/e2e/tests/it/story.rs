//! The demo itself, as a reader runs it.

use std::path::Path;
use std::time::Duration;

use process::{Output, Program};
use tempfile::TempDir;

/// Longer than the story takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(600);

fn demo(folder: &Path, args: &[&str]) -> Program {
    Program::new(env!("CARGO_BIN_EXE_demo"))
        .env("RELEASE_MANAGER_DEMO_FOLDER", folder)
        .env("TMPDIR", folder)
        .inherit("XDG_CACHE_HOME")
        .inherit("GOFLAGS")
        .args(args)
        .deadline(PATIENCE)
}

fn told(output: &Output) -> String {
    format!("{}\n{}", output.stdout_text(), output.stderr_text())
}

#[test]
fn the_git_half_holds_without_a_cluster_and_a_second_time() {
    let folder = TempDir::new().unwrap();
    for run in ["first", "second"] {
        let output = demo(folder.path(), &["--once", "--git-only"]).run().unwrap();
        assert!(output.succeeded(), "{run} run: {}", told(&output));
        assert!(output.stdout_text().contains("The story holds"), "{run} run: {}", told(&output));
    }
}

#[test]
fn the_whole_story_holds_on_a_real_cluster_also_after_a_demo_that_was_killed() {
    if !rustix::process::geteuid().is_root() {
        assert!(std::env::var_os("CI").is_none(), "CI has to run this as root: it starts a Kubernetes");
        return;
    }
    let folder = TempDir::new().unwrap();
    let killed = signalled(folder.path(), "KILL", "15", &["--bed", "e2e"]);
    assert!(!killed.succeeded(), "the demo ended by itself: {}", told(&killed));
    let output = demo(folder.path(), &["--once", "--bed", "e2e"]).run().unwrap();
    assert!(output.succeeded(), "{}", told(&output));
    for fact in ["staging is ready again", "it was put back", "are equal to those before"] {
        assert!(output.stdout_text().contains(fact), "the story does not say `{fact}`: {}", told(&output));
    }
    assert_no_processes(folder.path());
    assert!(!kube_bed::beds().unwrap().contains(&"e2e".to_owned()), "the cluster is left behind");
}

#[test]
fn a_cluster_of_the_readers_own_serves_too_and_is_left_clean() {
    if !rustix::process::geteuid().is_root() {
        assert!(std::env::var_os("CI").is_none(), "CI has to run this as root: it starts a Kubernetes");
        return;
    }
    let mut silent = |_| ();
    let bed = kube_bed::Bed::up(&kube_bed::BedOptions::new("e2e-own").owned(), &mut silent).unwrap();
    let image = kube_bed::image::app(e2e::IMAGE, &kube_bed::image::Contents::default()).unwrap();
    bed.load_image(&image).unwrap();
    let kubectl = kube_bed::tools(&mut silent).unwrap().path("kubectl");
    let path = format!("{}:{}", kubectl.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let context = bed.kubectl().args(["config", "current-context"]).run().unwrap().stdout_text();
    let folder = TempDir::new().unwrap();
    let output = demo(folder.path(), &["--once", "--context", &context])
        .env("KUBECONFIG", bed.kubeconfig())
        .env("PATH", path)
        .run()
        .unwrap();
    assert!(output.succeeded(), "{}", told(&output));
    let left = bed.kubectl().args(["get", "namespaces", "-o", "name"]).run().unwrap().stdout_text();
    for namespace in ["dev", "staging", "prod", "release-system"] {
        assert!(!left.contains(&format!("namespace/{namespace}")), "{left}");
    }
    bed.down().unwrap();
}

#[test]
fn an_interrupted_demo_takes_everything_down() {
    let folder = TempDir::new().unwrap();
    let ended = signalled(folder.path(), "INT", "8", &["--git-only"]);
    assert!(told(&ended).contains("everything the demo started is taken down"), "{}", told(&ended));
    assert_no_processes(folder.path());
}

/// Runs the demo and sends it a signal after some seconds, wherever it then is.
fn signalled(folder: &Path, signal: &str, seconds: &str, args: &[&str]) -> Output {
    Program::new("timeout")
        .env("RELEASE_MANAGER_DEMO_FOLDER", folder)
        .env("TMPDIR", folder)
        .inherit("XDG_CACHE_HOME")
        .args([&format!("--signal={signal}"), "--preserve-status", seconds, env!("CARGO_BIN_EXE_demo")])
        .args(args)
        .deadline(PATIENCE)
        .run()
        .unwrap()
}

/// Nothing goes on. A connection whose other end was just ended may need a moment to notice.
fn assert_no_processes(folder: &Path) {
    let since = std::time::Instant::now();
    while since.elapsed() < Duration::from_secs(30) && !processes_below(folder).is_empty() {
        std::thread::yield_now();
    }
    assert_eq!(processes_below(folder), Vec::<String>::new(), "processes are left behind");
}

/// Command lines of processes that name the folder.
fn processes_below(folder: &Path) -> Vec<String> {
    let name = folder.display().to_string();
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let bytes = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&bytes).replace('\0', " ");
        if line.contains(&name) {
            found.push(line);
        }
    }
    found
}
