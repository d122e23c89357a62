//! From an empty data folder to a cluster that runs pods.

use std::fs;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::time::Duration;

use process::Program;
use rustix::fs::statfs;

use super::{Bed, images};
use crate::launch::{launch, search_path};
use crate::place::Place;
use crate::progress::{Reporter, last_lines, run};
use crate::{BedError, cgroups, image, marked, packages, plan, wait};

/// Generous: the machine may build and test on all its cores at the same time.
const READY_DEADLINE: Duration = Duration::from_secs(180);
const N_LOG_LINES: usize = 12;
/// The kind of file system that overlayfs cannot be stacked on.
const OVERLAY: i64 = 0x794c_7630;

impl Bed {
    /// Starts everything and waits until it works. On failure, what was started is still there.
    pub(super) fn start(&mut self, reporter: &mut Reporter<'_>) -> Result<(), BedError> {
        self.start_parts(reporter)?;
        self.record.ready = true;
        self.record.write(&self.place)
    }

    fn start_parts(&self, reporter: &mut Reporter<'_>) -> Result<(), BedError> {
        let (site, place) = (self.site(), &self.place);
        reporter.step("starting etcd and the API server");
        fs::create_dir_all(place.data()).map_err(BedError::io(&place.data()))?;
        launch(place, &plan::etcd(&site))?;
        launch(place, &plan::api_server(&site))?;
        if self.record.nodes {
            reporter.step("starting containerd");
            self.start_node(reporter)?;
            reporter.step("loading images");
            images::keep(place, &image::pause()?)?;
            images::load_kept(place)?;
        }
        reporter.step("waiting for the API server");
        self.wait(reporter, "kube-apiserver", "the API server is not ready", || self.answers_readyz())?;
        launch(place, &plan::controller_manager(&site))?;
        if self.record.nodes {
            let signal = place.data().join("api-server-is-ready");
            fs::write(&signal, "").map_err(BedError::io(&signal))?;
        }
        if self.record.has_pods() {
            launch(place, &plan::scheduler(&site))?;
        }
        reporter.step("waiting for the controller manager");
        self.wait(reporter, "kube-controller-manager", "there is no default service account", || {
            self.succeeds(&["get", "serviceaccount", "default", "--namespace=default"])
        })?;
        if self.record.nodes {
            reporter.step("waiting for the node");
            self.wait(reporter, "kubelet", "the node is not ready", || self.node_is_ready())?;
        }
        self.start_simulated(reporter)
    }

    fn start_node(&self, reporter: &mut Reporter<'_>) -> Result<(), BedError> {
        let (site, place) = (self.site(), &self.place);
        cgroups::create(place)?;
        create_bridge(place, &format!("{}/24", site.slot.gateway()))?;
        let plugins = packages::cni_folder().ok_or_else(|| BedError::Missing {
            missing: vec!["the CNI plugin bridge".into()],
            packages: vec!["containernetworking-plugins".into()],
        })?;
        for (path, content) in plan::node_files(&site, &plugins, snapshotter(&place.data())) {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder).map_err(BedError::io(folder))?;
            }
            fs::write(&path, content).map_err(BedError::io(&path))?;
        }
        launch(place, &plan::node(&site))?;
        let socket = place.containerd_socket();
        self.wait(reporter, "node", "containerd does not listen", || {
            Ok(fs::metadata(&socket).is_ok_and(|metadata| metadata.file_type().is_socket()))
        })
    }

    /// Whether everything a user needs answers.
    pub(super) fn answers(&self) -> Result<bool, BedError> {
        Ok(self.answers_readyz()? && (!self.record.nodes || self.node_is_ready()?))
    }

    fn answers_readyz(&self) -> Result<bool, BedError> {
        self.succeeds(&["get", "--raw=/readyz"])
    }

    fn succeeds(&self, args: &[&str]) -> Result<bool, BedError> {
        let kubectl = self.kubectl().args(["--request-timeout=5s"]).args(args.iter().copied());
        Ok(kubectl.run()?.succeeded())
    }

    fn node_is_ready(&self) -> Result<bool, BedError> {
        let path = r#"jsonpath={.status.conditions[?(@.type=="Ready")].status}"#;
        let kubectl = self.kubectl().args(["--request-timeout=5s", "get", "node", "localhost", "-o", path]);
        Ok(kubectl.run()?.stdout_text() == "True")
    }

    /// Asks until the answer is yes; tells the end of a part's log when it ends or is too slow.
    pub(super) fn wait(
        &self,
        reporter: &mut Reporter<'_>,
        part: &'static str,
        what: &'static str,
        mut ask: impl FnMut() -> Result<bool, BedError>,
    ) -> Result<(), BedError> {
        let done = wait::until(READY_DEADLINE, || {
            if ask()? {
                return Ok(Some(()));
            }
            reporter.tick();
            self.see_that_all_live().map(|()| None)
        })?;
        let log = self.log(part);
        done.ok_or(BedError::NotReady { what, part, log, waited: READY_DEADLINE })
    }

    /// A part that has written something and is not there has ended.
    fn see_that_all_live(&self) -> Result<(), BedError> {
        let processes = marked::list(&self.place.mark());
        let lives = |part: &str| processes.iter().any(|process| process.part == part);
        for part in self.status().parts.iter().map(|part| part.name) {
            let log = self.log(part);
            if !log.is_empty() && !lives(part) {
                return Err(BedError::PartDied { part, log });
            }
        }
        Ok(())
    }

    fn log(&self, part: &str) -> String {
        let bytes = fs::read(self.place.log(part)).unwrap_or_default();
        last_lines(&String::from_utf8_lossy(&bytes), N_LOG_LINES)
    }
}

fn create_bridge(place: &Place, address: &str) -> Result<(), BedError> {
    let bridge = place.bridge();
    let ip = |args: &[&str]| run(Program::new("ip").args(args.iter().copied()).env("PATH", search_path()));
    ip(&["link", "add", &bridge, "type", "bridge"])?;
    ip(&["address", "add", address, "dev", &bridge])?;
    ip(&["link", "set", &bridge, "up"]).map(drop)
}

/// Overlayfs, unless the machine is itself a container whose files are on one.
fn snapshotter(folder: &Path) -> &'static str {
    if statfs(folder).is_ok_and(|stat| stat.f_type == OVERLAY) { "native" } else { "overlayfs" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Record;
    use crate::slot::Slot;
    use crate::tools::Tools;

    #[test]
    fn a_part_that_wrote_something_and_is_gone_is_told_with_the_end_of_its_log() {
        let root = tempfile::tempdir().unwrap();
        let place = Place::below(root.path(), "a").unwrap();
        let tools = Tools::at("/t".into());
        let record =
            Record { slot: Slot(0), tools, nodes: false, simulated: None, owned: false, ready: false };
        let bed = Bed { place, record, owner: None };
        bed.see_that_all_live().unwrap();

        fs::create_dir_all(bed.logs()).unwrap();
        let lines: Vec<String> = (1..=20).map(|number| format!("line {number}")).collect();
        fs::write(bed.place.log("etcd"), lines.join("\n")).unwrap();
        let error = bed.see_that_all_live().unwrap_err();
        let BedError::PartDied { part: "etcd", log } = error else { panic!("{error}") };
        assert_eq!((log.lines().next(), log.lines().last()), (Some("line 9"), Some("line 20")));
    }
}
