//! SIGKILL at any moment, under fifty callers and a foreign writer: no accepted release is lost, none is done twice.
//!
//! A round lets everybody work, waits for a phase of a release to begin, and kills somewhere in it. At the end the
//! history is judged against what callers were told and against what the queue held at each death.
//!
//! `CRASH_KILLS` says how many rounds there are, `CRASH_SEED` repeats the moments of an earlier run
//! (`cargo xtask crash`).

#![expect(clippy::print_stdout, reason = "a long run tells what it has done, and how to repeat it")]

mod callers;
mod judge;
mod kill;
mod moments;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use queue::{Backoff, Queue};
use testkit::git::SecondWriter;
use testkit::{Slack, wait};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::bed::{BRANCH, Bed, PATIENCE, Server};
use callers::{Caller, call};
use moments::{Moments, Phase};

/// Rounds when nobody says how many: each phase comes several times.
const KILLS: u64 = 50;

/// Of this many kills one is done over SSH: a connection there costs more than all the rest of a round.
const OVER_SSH: u64 = 5;

/// Callers at once; each releases a service of its own, one artifact after the other.
const CALLERS: usize = 50;

/// Artifacts of a service, released in turn: more than releases that a caller can lose in a row, so that none finds
/// its artifact there already.
const ARTIFACTS: usize = 8;

/// How often the foreign writer tries one commit: ours pushes all the time.
const FOREIGN_TRIES: usize = 200;

/// What lives through all rounds.
struct Trial {
    bed: Bed,
    callers: Vec<Arc<Caller>>,
    foreign: Arc<SecondWriter>,
    /// What the foreign writer has pushed: the commit, the file and what is in it.
    pushed: Vec<Foreign>,
    /// Releases that were in the queue when the server died: accepted, and not told to anybody.
    unfinished: BTreeSet<String>,
    moments: Moments,
    /// Kills of each phase.
    kills: BTreeMap<Phase, usize>,
}

/// One commit of somebody else.
struct Foreign {
    commit: String,
    file: String,
    content: String,
}

fn number(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).map_or(usual, |text| text.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_accepted_release_is_lost_doubled_or_untold_over_ssh() {
    let slack = Slack::start().await.unwrap();
    let bed = Bed::new()
        .await
        .flag(format!("--slack-url={}", slack.url()))
        .flag(format!("--slack-token={}", slack.token()));
    let trial = trial(bed, number("CRASH_KILLS", KILLS).div_ceil(OVER_SSH)).await;
    judge::notices(&trial, &slack);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_accepted_release_is_lost_or_doubled_on_a_fast_host() {
    let bed = Bed::new().await;
    let url = bed.repo.file_url();
    let kills = number("CRASH_KILLS", KILLS);
    let _trial = trial(bed.flag(format!("--config-repo={url}")), kills - kills.div_ceil(OVER_SSH)).await;
}

async fn trial(bed: Bed, kills: u64) -> Trial {
    let usual = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let mut trial = Trial::new(bed, number("CRASH_SEED", usual)).await;
    println!("{kills} kills, {}", trial.moments);
    for round in 0..kills {
        trial.round(round).await;
    }
    let server = trial.bed.start().await;
    settled(&server).await;
    judge::judge(&trial, server).await;
    println!("{:?}, {}", trial.kills, trial.moments);
    trial
}

impl Trial {
    async fn new(bed: Bed, seed: u64) -> Self {
        // Packs of pushes stay packs, as hosts with much traffic have it.
        bed.repo.configure("receive.unpackLimit", "1").unwrap();
        let server = bed.start().await;
        let mut callers = Vec::new();
        for number in 0..CALLERS {
            let caller = Caller::new(number);
            for artifact in 0..ARTIFACTS {
                server.upload(&caller.service, &format!("master-{artifact}"), "master").await;
            }
            callers.push(Arc::new(caller));
        }
        let foreign = Arc::new(bed.repo.second_writer().unwrap());
        let moments = Moments::new(seed);
        let (pushed, unfinished, kills) = (Vec::new(), BTreeSet::new(), BTreeMap::new());
        Self { bed, callers, foreign, pushed, unfinished, moments, kills }
    }

    /// Starts a server, lets everybody work, and kills in the round's phase.
    async fn round(&mut self, round: u64) {
        let phase = Phase::of_round(round);
        if phase == Phase::Start {
            self.die_at_start().await;
        }
        let began = tokio::time::Instant::now();
        let server = Arc::new(self.bed.start().await);
        self.moments.took(Phase::Start, began.elapsed());
        let (heard, hears) = watch::channel(0);
        let mut calls = JoinSet::new();
        for caller in &self.callers {
            calls.spawn(call(server.clone(), caller.clone(), heard.clone()));
        }
        let (file, content) = foreign_file(round);
        let (writer, message) = (self.foreign.clone(), format!("note {round}"));
        let (its_file, its_content) = (file.clone(), content.clone());
        let mut foreign = JoinSet::new();
        foreign.spawn_blocking(move || {
            (0..FOREIGN_TRIES).find_map(|_| writer.push(BRANCH, &its_file, &its_content, &message).ok())
        });
        self.moments.strike(phase, &self.bed, &server, hears, &mut calls).await;
        kill::process(server.service.pid());
        *self.kills.entry(phase).or_default() += 1;
        while let Some(ended) = calls.join_next().await {
            ended.unwrap();
        }
        drop(server);
        let commit = foreign.join_next().await.unwrap().unwrap().expect("the foreign commit lands at last");
        self.pushed.push(Foreign { commit, file, content });
        self.unfinished.extend(accepted(self.bed.data.path()).await);
    }

    /// A server that does not live to be ready: what it replays is replayed again.
    async fn die_at_start(&mut self) {
        let server = self.bed.launched();
        self.moments.pass(Phase::Start).await;
        kill::process(server.pid());
        drop(server);
        self.unfinished.extend(accepted(self.bed.data.path()).await);
    }
}

/// Somebody's file beside ours, and now and then a policy of a caller's service.
fn foreign_file(round: u64) -> (String, String) {
    const POLICY_EVERY: u64 = 5;
    if !round.is_multiple_of(POLICY_EVERY) {
        return (format!("notes/{}.md", round % 7), format!("{round}\n"));
    }
    let service = format!("service-{}", round as usize % CALLERS);
    let policy = format!(
        r#"{{"service":"{service}","branchRestrictions":[{{"id":"branch-restriction-prod","branchRegex":"^v{round}$","environment":"prod"}}]}}"#
    );
    (format!("policies/{service}.json"), policy)
}

/// The ids of the releases that were accepted and not finished when the server died.
async fn accepted(data: &Path) -> Vec<String> {
    let (queue, _ended) = Queue::open(&data.join("queue.redb"), Backoff::default()).unwrap();
    let items = queue.items().await.unwrap();
    queue.stop().await.unwrap();
    let releases = items.iter().filter(|item| item.kind == "release");
    releases
        .map(|item| {
            serde_json::from_slice::<serde_json::Value>(&item.payload).unwrap()["id"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect()
}

/// Waits until nothing is accepted and not done.
async fn settled(server: &Server) {
    wait::until("the queue to be empty", PATIENCE, async || {
        let queue: serde_json::Value = server.hamctl().get(&["/queue"], &[]).await.unwrap();
        let items = queue["items"].as_array().unwrap();
        if items.is_empty() { Ok(()) } else { Err(format!("{items:?}")) }
    })
    .await;
}
