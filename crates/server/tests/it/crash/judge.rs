//! What the history has to say in the end.

use std::collections::{BTreeMap, BTreeSet};

use rustix::process::{Pid, Signal, kill_process};
use testkit::Slack;
use testkit::git::{Commit, Repository};

use super::callers::Caller;
use super::{CALLERS, Trial};
use crate::bed::{BRANCH, PATIENCE, Server};

/// Ends the server well, and holds everything against the history.
pub(super) async fn judge(trial: &Trial, server: Server) {
    kill_process(Pid::from_raw(server.service.pid().cast_signed()).unwrap(), Signal::TERM).unwrap();
    ended(server).await;
    let history = trial.bed.history();
    let releases: Vec<&Commit> =
        history.iter().rev().filter(|commit| commit.trailer("Release-Id").is_some()).collect();
    assert_eq!(
        releases.len() + trial.pushed.len(),
        history.len(),
        "a commit is ours or the foreign writer's"
    );
    assert!(history.iter().all(|commit| commit.parents.len() < 2), "a merge");
    each_once(&releases);
    promises(trial, &releases);
    for caller in &trial.callers {
        in_order(caller, &releases);
    }
    effects(trial, &releases);
    foreign(trial, &history);
    trial.bed.repo.fsck().unwrap();
    let mirror = trial.bed.data.path().join("config-repo/mirror.git");
    Repository::at(&mirror).fsck().unwrap();
    no_litter(&mirror.join("objects/pack"));
    println!("{} releases and {} foreign commits", releases.len(), trial.pushed.len());
}

async fn ended(mut server: Server) {
    let ended = server.service.ready(PATIENCE, || async { Err::<(), _>("it runs".to_owned()) }).await;
    let Err(testkit::PartError::Ended { status, log, .. }) = ended else { panic!("{ended:?}") };
    assert_eq!(status, "exit status: 0", "{log}");
}

/// No id twice.
fn each_once(releases: &[&Commit]) {
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for commit in releases {
        *times.entry(commit.trailer("Release-Id").unwrap()).or_default() += 1;
    }
    times.retain(|_, times| *times > 1);
    assert!(times.is_empty(), "doubled: {times:?}");
}

/// What somebody was told, and what was in the queue at a death, is in the history.
fn promises(trial: &Trial, releases: &[&Commit]) {
    let known: BTreeMap<&str, &Commit> =
        releases.iter().map(|commit| (commit.trailer("Release-Id").unwrap(), *commit)).collect();
    let mut told = 0;
    for caller in &trial.callers {
        for heard in caller.heard() {
            let commit = known.get(heard.answer.id.as_str());
            let commit = commit.unwrap_or_else(|| panic!("{} was told, and lost: {heard:?}", caller.service));
            assert_eq!(commit.author_email, caller.address(heard.call), "{heard:?}");
            match heard.answer.state.as_str() {
                "landed" => assert_eq!(commit.id, heard.answer.commit, "{heard:?}"),
                state => assert_eq!(state, "pending", "{heard:?}"),
            }
            told += 1;
        }
    }
    let lost: BTreeSet<_> = trial.unfinished.iter().filter(|id| !known.contains_key(id.as_str())).collect();
    assert!(lost.is_empty(), "of {} accepted before a kill, lost: {lost:?}", trial.unfinished.len());
    assert!(told > 0 && trial.unfinished.len() > CALLERS, "kills met work: {}", trial.unfinished.len());
    println!("{told} answers kept, {} accepted before a kill and landed after it", trial.unfinished.len());
}

/// A caller's calls are in the history each once at most, in the order in which they were made.
fn in_order(caller: &Caller, releases: &[&Commit]) {
    let name = format!("[dev/{}]", caller.service);
    let mut next = 0;
    for commit in releases.iter().filter(|commit| commit.subject().starts_with(&name)) {
        let call = (next..caller.calls()).find(|call| caller.address(*call) == commit.author_email);
        next = call.unwrap_or_else(|| panic!("doubled or out of order: {commit:?}")) + 1;
    }
    assert!(next > 0, "{} has released nothing", caller.service);
}

/// Each release has changed its own folder and nothing else, and the last of each service is what is there.
fn effects(trial: &Trial, releases: &[&Commit]) {
    let repo = &trial.bed.repo;
    let changed: BTreeMap<String, Vec<String>> = repo.changed_files(BRANCH).unwrap().into_iter().collect();
    let mut last: BTreeMap<&str, &Commit> = BTreeMap::new();
    for commit in releases {
        let service = commit.trailer("Service").unwrap();
        let folder = format!("dev/releases/dev/{service}/");
        let files = &changed[&commit.id];
        assert!(
            !files.is_empty() && files.iter().all(|file| file.starts_with(&folder)),
            "{commit:?}: {files:?}"
        );
        last.insert(service, commit);
    }
    assert_eq!(last.len(), trial.callers.len());
    for (service, commit) in last {
        let spec = repo.file(BRANCH, &format!("dev/releases/dev/{service}/artifact.json")).unwrap();
        let spec: serde_json::Value = serde_json::from_str(&spec).unwrap();
        assert_eq!(spec["id"].as_str(), commit.trailer("Artifact-ID"), "{service}");
    }
}

/// No commit of somebody else is lost, and what each file says is what was written last.
fn foreign(trial: &Trial, history: &[Commit]) {
    let ids: BTreeSet<&str> = history.iter().map(|commit| commit.id.as_str()).collect();
    let mut last = BTreeMap::new();
    for pushed in &trial.pushed {
        assert!(ids.contains(pushed.commit.as_str()), "lost: {} of {}", pushed.commit, pushed.file);
        last.insert(&pushed.file, &pushed.content);
    }
    for (file, content) in last {
        assert_eq!(trial.bed.repo.file(BRANCH, file).unwrap(), *content, "{file}");
    }
}

/// Of each release people were told at least once.
pub(super) fn notices(trial: &Trial, slack: &Slack) {
    let told: BTreeSet<String> = slack
        .messages()
        .iter()
        .filter(|message| message.to == "#releases-dev")
        .filter_map(|message| {
            Some(message.attachment("text").split_once("*Releaser:* ")?.1.lines().next()?.to_owned())
        })
        .collect();
    for commit in trial.bed.history().iter().filter(|commit| commit.trailer("Release-Id").is_some()) {
        assert!(told.contains(&commit.author_name), "nobody was told of {commit:?}");
    }
    println!("{} releases told", told.len());
}

/// What a killed server had half written does not stay.
fn no_litter(packs: &std::path::Path) {
    let names = std::fs::read_dir(packs).unwrap().map(|file| file.unwrap().file_name());
    let litter: Vec<_> = names.filter(|name| !name.to_string_lossy().starts_with("pack-")).collect();
    assert!(litter.is_empty(), "{litter:?}");
}
