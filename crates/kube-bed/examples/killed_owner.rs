//! Brings an owned bed up and is killed before it can take it down. The tests show what becomes of the bed.

use kube_bed::{Bed, BedOptions};
use rustix::process::{Signal, getpid, kill_process};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let name = std::env::args().nth(1).ok_or("usage: killed_owner NAME")?;
    let _bed = Bed::up(&BedOptions::new(&name).without_nodes().owned(), &mut |_| ())?;
    kill_process(getpid(), Signal::KILL)?;
    Err("still alive".into())
}
