//! Every command line and configuration file of a bed, decided without touching the machine.

mod control;
mod node;
mod simulated;

use std::path::PathBuf;

pub(crate) use control::{api_server, controller_manager, etcd, scheduler};
pub(crate) use node::{node, node_files};
pub use simulated::SIMULATED;
pub(crate) use simulated::{STAGES, nodes, simulator};

use crate::keys::Keys;
use crate::place::Place;
use crate::slot::Slot;
use crate::tools::Tools;

/// What a plan is made for.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    pub(crate) place: Place,
    pub(crate) slot: Slot,
    pub(crate) tools: Tools,
}

impl Site {
    pub(crate) fn keys(&self) -> Keys {
        Keys::new(self.place.keys(), self.slot)
    }

    /// A file or folder that a wipe throws away, as text for a command line.
    fn data(&self, path: &str) -> String {
        self.place.data().join(path).display().to_string()
    }

    fn key(&self, file: &str) -> String {
        self.keys().path(file).display().to_string()
    }
}

/// One long-running program of a bed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) name: &'static str,
    pub(crate) program: PathBuf,
    pub(crate) args: Vec<String>,
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn site() -> Site {
        Site {
            place: Place::below(Path::new("/beds"), "demo").unwrap(),
            slot: Slot(3),
            tools: Tools::at("/tools".into()),
        }
    }

    #[test]
    fn the_control_plane_keeps_to_its_ports_and_folder() {
        let site = site();
        let text: String = [etcd(&site), api_server(&site), controller_manager(&site), scheduler(&site)]
            .iter()
            .map(|part| format!("{} {}\n  {}\n", part.name, part.program.display(), part.args.join("\n  ")))
            .collect();
        insta::assert_snapshot!(text);
    }

    #[test]
    fn simulated_nodes_are_told_apart_and_shunned_by_pods_that_do_not_ask_for_them() {
        let site = site();
        let part = simulator(&site, Path::new("/tools/kwok"));
        let text = format!("{}\n  {}\n{:#}\n", part.name, part.args.join("\n  "), nodes(1));
        insta::assert_snapshot!(text);
    }

    #[test]
    fn the_node_hides_what_it_would_share_with_the_machine() {
        let site = site();
        let mut text = format!("{:#?}\n", node(&site));
        for (path, content) in node_files(&site, Path::new("/usr/lib/cni"), "overlayfs") {
            text.push_str(&format!("--- {}\n{content}\n", path.display()));
        }
        insta::assert_snapshot!(text);
    }
}
