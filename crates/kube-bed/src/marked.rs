//! The processes of a bed: those whose environment carries its mark.
//!
//! No list of process ids is kept, so none can be stale. A process is killed through a handle that is opened
//! before its mark is read: a number that was given to another process meanwhile is never hit.

use std::fs;
use std::time::Duration;

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use crate::launch::PART;
use crate::wait;

const KILL_DEADLINE: Duration = Duration::from_secs(30);

/// One live process of a bed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Process {
    pub(crate) pid: i32,
    pub(crate) part: String,
    pub(crate) resident_bytes: u64,
}

/// All live processes with the mark. Helpers that a part leaves for each pod are listed without a part.
pub(crate) fn list(mark: &str) -> Vec<Process> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    pids.filter_map(|pid| marked(pid, mark)).collect()
}

fn marked(pid: i32, mark: &str) -> Option<Process> {
    // The environment of a process that has ended is empty, also when nobody has collected it yet.
    let environment = fs::read(format!("/proc/{pid}/environ")).ok()?;
    let mut variables = environment.split(|byte| *byte == 0);
    if !variables.clone().any(|variable| variable == mark.as_bytes()) {
        return None;
    }
    let prefix = format!("{PART}=");
    let part = variables.find_map(|variable| variable.strip_prefix(prefix.as_bytes()));
    let command = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let is_helper = String::from_utf8_lossy(&command).contains("containerd-shim");
    let part = part.filter(|_| !is_helper).map(|part| String::from_utf8_lossy(part).into_owned());
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    Some(Process { pid, part: part.unwrap_or_default(), resident_bytes: resident_bytes(&status) })
}

fn resident_bytes(status: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or_default() * 1024
}

/// Kills all processes with the mark and waits for their end; returns those that are still there.
pub(crate) fn kill_all(mark: &str) -> Vec<Process> {
    let gone = wait::until(KILL_DEADLINE, || {
        let processes = list(mark);
        for process in &processes {
            kill(process.pid, mark);
        }
        Ok::<_, std::convert::Infallible>(processes.is_empty().then_some(()))
    });
    match gone {
        Ok(Some(())) => Vec::new(),
        Ok(None) => list(mark),
        Err(never) => match never {},
    }
}

fn kill(pid: i32, mark: &str) {
    let Some(pid) = Pid::from_raw(pid) else { return };
    // Every failure here means that the process has ended, or shows as a process that stays.
    let Ok(handle) = pidfd_open(pid, PidfdFlags::empty()) else { return };
    if marked(pid.as_raw_nonzero().get(), mark).is_some() {
        let _ = pidfd_send_signal(&handle, Signal::KILL);
    }
}

#[cfg(test)]
mod tests {
    use process::Program;

    use super::*;

    fn start(mark: &str, part: &str) {
        let (name, value) = mark.split_once('=').unwrap();
        let program = Program::new("setsid").args(["--fork", "sh", "-c", "exec sleep 600 >/dev/null 2>&1"]);
        assert!(program.env(name, value).env(PART, part).run().unwrap().succeeded());
    }

    #[test]
    fn only_processes_with_this_very_mark_are_listed_and_killed() {
        let folder = tempfile::tempdir().unwrap();
        let (mine, other) =
            (format!("MARK={}", folder.path().display()), format!("MARK={}-2", folder.path().display()));
        start(&mine, "etcd");
        start(&other, "etcd");
        assert_eq!(list(&mine).iter().map(|process| process.part.as_str()).collect::<Vec<_>>(), ["etcd"]);
        assert_eq!(kill_all(&mine), []);
        assert_eq!(list(&other).len(), 1);
        assert_eq!(kill_all(&other), []);
    }

    #[test]
    fn a_number_that_belongs_to_another_process_now_is_left_alone() {
        let own = std::process::id().try_into().unwrap();
        kill(own, "MARK=/no/such/bed");
        assert_eq!(marked(own, "MARK=/no/such/bed"), None);
    }

    #[test]
    fn memory_is_read_from_the_kernels_table() {
        assert_eq!(resident_bytes("Name:\tetcd\nVmRSS:\t   44032 kB\n"), 44032 * 1024);
        assert_eq!(resident_bytes(""), 0);
    }
}
