//! The end of a server that is told to stop.

use artifact::Intent;
use rustix::process::{Pid, Signal, kill_process};
use testkit::PartError;

use crate::bed::{Bed, PATIENCE};

#[tokio::test(flavor = "multi_thread")]
async fn a_server_told_to_stop_ends_well_and_keeps_what_waits() {
    let bed = Bed::new().await;
    let mut server = bed.start().await;
    server.upload("billing", "master-1", "master").await;
    bed.git.down().await;
    let waiting = server.release("billing", "dev", "master-1", &Intent::ReleaseArtifact).await.unwrap();
    assert_eq!(waiting.state, "pending");

    kill_process(Pid::from_raw(server.service.pid().cast_signed()).unwrap(), Signal::TERM).unwrap();
    let ended = server.service.ready(PATIENCE, || async { Err::<(), _>("it runs".to_owned()) }).await;
    let Err(PartError::Ended { status, log, .. }) = ended else { panic!("{ended:?}") };
    assert_eq!(status, "exit status: 0", "{log}");
    assert!(!log.contains("did not end in time"), "{log}");

    bed.git.up().await;
    let _server = bed.start().await;
    bed.commit("[dev/billing] release master-1 by ida@corp.test").await;
}
