//! SIGKILL at any moment: what was kept is there, what was finished is not.

use std::collections::HashSet;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use queue::{Backoff, Queue};

/// Kills, each after another number of lines.
const KILLS: usize = 20;

fn writer() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.parent().and_then(Path::parent).unwrap().join("examples/writer")
}

#[expect(
    clippy::disallowed_methods,
    reason = "the child has to be killed half-way, which `process` does not do"
)]
fn start(file: &Path, run: usize) -> Child {
    std::process::Command::new(writer())
        .arg(file)
        .arg(run.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Runs the writer and kills it after `lines` lines; all lines it had written by then.
fn run_and_kill(file: &Path, run: usize, lines: usize) -> Vec<String> {
    let mut child = start(file, run);
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut seen: Vec<String> = output.by_ref().take(lines).map(Result::unwrap).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    seen.extend(output.map_while(Result::ok));
    seen
}

#[tokio::test]
async fn nothing_kept_is_lost_and_nothing_finished_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("queue.redb");
    let (mut kept, mut finishing, mut finished) = (HashSet::new(), HashSet::new(), HashSet::new());
    for run in 0..KILLS {
        for line in run_and_kill(&file, run, 7 + run * 37 % 211) {
            let (what, name) = line.split_once(' ').unwrap();
            let set = match what {
                "kept" => &mut kept,
                "finishing" => &mut finishing,
                "finished" => &mut finished,
                other => panic!("{other}"),
            };
            set.insert(name.to_owned());
        }
        let (queue, _ended) = Queue::open(&file, Backoff::default()).unwrap();
        let items = queue.items().await.unwrap();
        let there: HashSet<String> =
            items.iter().map(|item| String::from_utf8(item.payload.clone()).unwrap()).collect();
        assert_eq!(there.len(), items.len(), "nothing is there twice");
        let lost: Vec<&String> =
            kept.iter().filter(|name| !there.contains(*name) && !finishing.contains(*name)).collect();
        assert!(lost.is_empty(), "kill {run} lost {lost:?}");
        let back: Vec<&String> = finished.intersection(&there).collect();
        assert!(back.is_empty(), "kill {run} brought back {back:?}");
        queue.stop().await.unwrap();
        // Closed before the next run opens it.
        drop(queue);
    }
    assert!(kept.len() > KILLS && !finished.is_empty());
}
