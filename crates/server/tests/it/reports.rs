//! What daemons report is told once, whenever the server is killed: nothing that was answered is lost, and what a daemon
//! reports again because the answer was lost is not told again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use api::{DeployEvent, routes};
use testkit::{Receiver, wait};
use tokio::task::JoinSet;

use crate::bed::{Bed, PATIENCE, http};

/// Daemons that report at once, each of an artifact of its own.
const DAEMONS: usize = 6;

/// Reports of each.
const REPORTS: usize = 30;

/// Answers between two kills: not a multiple of anything, so that the kills come at all moments.
const BETWEEN_KILLS: usize = 23;

/// Reports one workload after the other, each until it is answered.
async fn daemon(url: String, number: usize, answered: Arc<AtomicUsize>) {
    let http = http();
    for report in 0..REPORTS {
        let event = DeployEvent {
            name: format!("workload-{number}-{report}"),
            artifact_id: format!("master-{number}"),
            ..crate::make::deployed()
        };
        let body = serde_json::to_string(&event).unwrap();
        wait::until("the report to be answered", PATIENCE, async || {
            let request = http.post(format!("{url}{}", routes::DAEMON_DEPLOY)).bearer_auth("daemon-token");
            let answer = request.body(body.clone()).send().await.map_err(|error| error.to_string())?;
            if answer.status().is_success() { Ok(()) } else { Err(answer.status().to_string()) }
        })
        .await;
        answered.fetch_add(1, Ordering::SeqCst);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_loses_no_notice_of_a_report_and_doubles_none() {
    let receiver = Receiver::start().await.unwrap();
    let bed = Bed::new()
        .await
        .flag(format!("--webhook={}/hook", receiver.url()))
        .flag(format!("--webhook-secret={}", receiver.secret()));
    let mut server = bed.start().await;
    let answered = Arc::new(AtomicUsize::new(0));
    let mut daemons = JoinSet::new();
    for number in 0..DAEMONS {
        daemons.spawn(daemon(server.url.clone(), number, answered.clone()));
    }
    for kill in 1..DAEMONS * REPORTS / BETWEEN_KILLS {
        wait::until("enough answers", PATIENCE, async || {
            let answers = answered.load(Ordering::SeqCst);
            if answers >= kill * BETWEEN_KILLS { Ok(()) } else { Err(format!("{answers} answers")) }
        })
        .await;
        drop(server);
        server = bed.start().await;
    }
    while let Some(ended) = daemons.join_next().await {
        ended.unwrap();
    }
    let told = wait::until("every report to be told of", PATIENCE, async || {
        let mut told: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for one in receiver.received() {
            let name = one.body["data"]["workload"]["name"].as_str().unwrap_or_default().to_owned();
            told.entry(name).or_default().insert(one.id);
        }
        if told.len() == DAEMONS * REPORTS { Ok(told) } else { Err(format!("{} are told", told.len())) }
    })
    .await;
    let doubled: Vec<_> = told.iter().filter(|(_, ids)| ids.len() > 1).collect();
    assert!(doubled.is_empty(), "told more than once: {doubled:?}");
}
