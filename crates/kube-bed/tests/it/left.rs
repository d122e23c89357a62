//! What is left of beds that were killed: nothing, once they are taken down.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use kube_bed::{Bed, BedError, BedOptions, Status, down, status};
use process::Program;
use rustix::process::{Pid, Signal, kill_process};

use crate::{bed, can_have_nodes, kubectl, up};

/// Processes with this text in a file of their folder in `/proc`.
fn processes_with(text: &str, file: &str) -> Vec<String> {
    let folders = fs::read_dir("/proc").unwrap().map(|entry| entry.unwrap().path());
    let holds = |folder: &Path| {
        let bytes = fs::read(folder.join(file)).unwrap_or_default();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    };
    folders.filter(|folder| holds(folder)).map(|folder| folder.display().to_string()).collect()
}

fn cgroups_of(name: &str) -> Vec<String> {
    let hierarchies = fs::read_dir("/sys/fs/cgroup").unwrap().map(|entry| entry.unwrap().path());
    let folders =
        hierarchies.chain(["/sys/fs/cgroup".into()]).map(|path| path.join("release-manager-beds").join(name));
    folders.filter(|path| path.exists()).map(|path| path.display().to_string()).collect()
}

fn kill(status: &Status, part: &str) {
    let pid = status.parts.iter().find(|candidate| candidate.name == part).unwrap().pid.unwrap();
    kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
}

#[test]
fn a_bed_whose_parts_were_killed_leaves_no_process_mount_network_or_cgroup() {
    if !can_have_nodes() {
        return;
    }
    let bed = bed("it-killed");
    let folder = bed.kubeconfig().ancestors().nth(2).unwrap().display().to_string();
    let sleeper = "sleep\u{0}86419";
    let run =
        ["run", "sleeper", "--image=release-manager.local/pause:1", "--command", "--", "sleep", "86419"];
    kubectl(&bed, &run);
    kubectl(&bed, &["wait", "--for=condition=Ready", "pod/sleeper", "--timeout=60s"]);
    let before = bed.status();
    assert!(before.ready, "{before:?}");
    assert_eq!(processes_with(sleeper, "cmdline").len(), 1);
    assert_ne!(processes_with(&folder, "mountinfo"), [""; 0]);
    assert_ne!(cgroups_of("it-killed"), [""; 0]);
    assert!(Path::new("/sys/class/net").join(&before.bridge).exists());

    for part in ["kubelet", "containerd", "kube-apiserver", "etcd"] {
        kill(&before, part);
    }
    down("it-killed").unwrap();
    assert_eq!(processes_with(&folder, "environ"), [""; 0]);
    assert_eq!(processes_with(sleeper, "cmdline"), [""; 0]);
    assert_eq!(processes_with(&folder, "mountinfo"), [""; 0]);
    assert_eq!(cgroups_of("it-killed"), [""; 0]);
    assert!(!Path::new("/sys/class/net").join(&before.bridge).exists());
    assert!(!Path::new(&folder).exists());
    let port: u16 = bed.url().rsplit(':').next().unwrap().parse().unwrap();
    drop(TcpListener::bind(("127.0.0.1", port)).unwrap());
}

#[test]
fn a_bed_whose_owner_was_killed_is_replaced_by_the_next_one() {
    let examples = std::env::current_exe().unwrap().ancestors().nth(2).unwrap().join("examples");
    let killed = Program::new(examples.join("killed_owner")).args(["it-orphan"]).run().unwrap();
    assert_eq!(killed.code, None, "{}", killed.stderr_text());
    let orphan = status("it-orphan").unwrap();
    assert!(orphan.ready && orphan.owned, "{orphan:?}");

    let next = up(&BedOptions::new("it-orphan").without_nodes());
    let (old, new) = (&orphan.parts[0].pid, &next.status().parts[0].pid);
    assert!(old != new && new.is_some(), "{old:?} {new:?}");

    // A part that is gone makes a bed one that cannot be shared.
    kill(&next.status(), "etcd");
    let mended = up(&BedOptions::new("it-orphan").without_nodes());
    assert!(mended.status().ready);
    kubectl(&mended, &["get", "namespaces"]);
    mended.down().unwrap();
}

#[test]
fn a_bed_that_cannot_start_says_why_and_leaves_nothing() {
    let name = "Not A Name";
    assert!(matches!(Bed::up(&BedOptions::new(name), &mut |_| ()), Err(BedError::Name { .. })));
    assert!(matches!(down(name), Err(BedError::Name { .. })));
    assert!(matches!(status("it-never"), Err(BedError::NotUp { .. })));
    down("it-never").unwrap();
}
