//! SIGKILL to one process alone: what it has started lives on, as in real life.

use std::fs;
use std::path::Path;

use rustix::process::{Pid, Signal, kill_process};

/// Kills a process that is ours.
pub(super) fn process(pid: u32) {
    kill_process(Pid::from_raw(pid.cast_signed()).unwrap(), Signal::KILL).unwrap();
}

/// Kills the program that pushes for a server, if it still does when the signal comes.
pub(super) fn push_of(server: u32) {
    if let Some(push) = push(server) {
        // It may have ended meanwhile.
        let _ = kill_process(Pid::from_raw(push.cast_signed()).unwrap(), Signal::KILL);
    }
}

/// The program that pushes for a server now: `git push`, or what takes our pack, here or at the other end of SSH.
pub(super) fn push(server: u32) -> Option<u32> {
    let tasks = fs::read_dir(Path::new("/proc").join(server.to_string()).join("task")).ok()?;
    let children = tasks
        .flatten()
        .map(|task| fs::read_to_string(task.path().join("children")).unwrap_or_default())
        .collect::<String>();
    children.split_whitespace().filter_map(|child| child.parse().ok()).find(|child| {
        let line = fs::read(format!("/proc/{child}/cmdline")).unwrap_or_default();
        let mut arguments = line.split(|byte| *byte == 0).map(String::from_utf8_lossy);
        arguments.any(|argument| argument == "push" || argument.contains("receive-pack"))
    })
}
