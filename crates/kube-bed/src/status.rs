//! What beds there are and how they do.

use std::path::PathBuf;

use crate::BedError;
use crate::keys::ADMIN;
use crate::marked;
use crate::place::{self, Place};
use crate::record::Record;

/// The parts of a bed's control plane.
const CONTROL: [&str; 3] = ["etcd", "kube-apiserver", "kube-controller-manager"];
/// What a bed with any node has besides.
const SCHEDULER: [&str; 1] = ["kube-scheduler"];
/// The parts of a node.
const NODE: [&str; 3] = ["node", "containerd", "kubelet"];
/// What plays simulated nodes.
const SIMULATOR: [&str; 1] = ["kwok"];

/// A bed and its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Its name.
    pub name: String,
    /// Whether it came up wholly, and all its parts still run.
    pub ready: bool,
    /// Whether it has a node.
    pub nodes: bool,
    /// Whether it goes with the process that started it.
    pub owned: bool,
    /// The kubeconfig of its administrator.
    pub kubeconfig: PathBuf,
    /// The network interface its pods are behind.
    pub bridge: String,
    /// Each part it should have.
    pub parts: Vec<PartStatus>,
}

/// One part of a bed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartStatus {
    /// The program, or `node` for the first process of the node.
    pub name: &'static str,
    /// Its process; `None` when it does not run.
    pub pid: Option<i32>,
    /// The memory it has in use, in bytes.
    pub resident_bytes: u64,
}

/// The names of all beds, running or left behind.
///
/// # Errors
/// When the folder of beds cannot be read.
pub fn beds() -> Result<Vec<String>, BedError> {
    Ok(place::all_below(&place::root_folder())?.into_iter().map(|place| place.name).collect())
}

/// How a bed does.
///
/// # Errors
/// When there is no such bed.
pub fn status(name: &str) -> Result<Status, BedError> {
    let place = Place::new(name)?;
    let record = Record::read(&place)?.ok_or_else(|| BedError::NotUp { name: name.to_owned() })?;
    Ok(observe(&place, &record))
}

/// The kubeconfig of a bed's administrator.
///
/// # Errors
/// When the bed is not up.
pub fn kubeconfig(name: &str) -> Result<PathBuf, BedError> {
    let status = status(name)?;
    if status.ready { Ok(status.kubeconfig) } else { Err(BedError::NotUp { name: name.to_owned() }) }
}

pub(crate) fn observe(place: &Place, record: &Record) -> Status {
    let processes = marked::list(&place.mark());
    let expected = CONTROL
        .iter()
        .chain(SCHEDULER.iter().filter(|_| record.has_pods()))
        .chain(NODE.iter().filter(|_| record.nodes))
        .chain(SIMULATOR.iter().filter(|_| record.simulated.is_some()));
    let part = |name: &&'static str| {
        let process = processes.iter().find(|process| process.part == **name);
        PartStatus {
            name,
            pid: process.map(|process| process.pid),
            resident_bytes: process.map(|process| process.resident_bytes).unwrap_or_default(),
        }
    };
    let parts: Vec<PartStatus> = expected.map(part).collect();
    Status {
        name: place.name.clone(),
        ready: record.ready && parts.iter().all(|part| part.pid.is_some()),
        nodes: record.nodes,
        owned: record.owned,
        bridge: place.bridge(),
        kubeconfig: record.site(place).keys().kubeconfig(ADMIN),
        parts,
    }
}
