//! Nodes that are only played, on a bed that runs.

use std::fs;

use super::Bed;
use crate::launch::launch;
use crate::plan::SIMULATED;
use crate::progress::{Progress, Reporter, run};
use crate::record::{Record, Simulated};
use crate::tools::simulator;
use crate::{BedError, plan};

impl Bed {
    /// Adds nodes on which kwok plays pods: they get ready at once, and no program runs in them. Only pods that
    /// select the label [`SIMULATED`] and tolerate the taint of that name get there. They come back with a
    /// [`Bed::wipe`]; a bed that has as many already is left as it is.
    ///
    /// # Errors
    /// When kwok cannot be built, or a part does not become ready.
    pub fn add_simulated_nodes(
        &mut self,
        count: usize,
        tell: &mut dyn FnMut(Progress),
    ) -> Result<(), BedError> {
        let program = simulator(tell)?;
        let _lock = self.place.lock()?;
        let gone = || BedError::NotUp { name: self.place.name.clone() };
        let before = Record::read(&self.place)?.ok_or_else(gone)?;
        let has = before.simulated.as_ref().map_or(0, |simulated| simulated.nodes);
        self.record =
            Record { simulated: Some(Simulated { nodes: count.max(has), program }), ..before.clone() };
        if has >= count {
            return Ok(());
        }
        self.record.write(&self.place)?;
        if !before.has_pods() {
            launch(&self.place, &plan::scheduler(&self.site()))?;
        }
        self.start_simulated(&mut Reporter::new(1, tell))
    }

    /// Starts kwok where it does not run, and gives it its nodes.
    pub(super) fn start_simulated(&self, reporter: &mut Reporter<'_>) -> Result<(), BedError> {
        let Some(Simulated { nodes, program }) = &self.record.simulated else { return Ok(()) };
        reporter.step(format!("waiting for {nodes} simulated nodes"));
        let stages = self.place.data().join("stages.yaml");
        fs::write(&stages, plan::STAGES).map_err(BedError::io(&stages))?;
        let runs = self.status().parts.iter().any(|part| part.name == "kwok" && part.pid.is_some());
        if !runs {
            launch(&self.place, &plan::simulator(&self.site(), program))?;
        }
        run(self.kubectl().args(["apply", "-f", "-"]).input(plan::nodes(*nodes).to_string()))?;
        self.wait(reporter, "kwok", "the simulated nodes are not ready", || {
            Ok(self.ready_simulated_nodes()? >= *nodes)
        })
    }

    fn ready_simulated_nodes(&self) -> Result<usize, BedError> {
        let path = r#"jsonpath={.items[*].status.conditions[?(@.type=="Ready")].status}"#;
        let kubectl = self.kubectl().args(["--request-timeout=5s", "get", "nodes", "-o", path]);
        let output = kubectl.args(["-l", &format!("{SIMULATED}=true")]).run()?;
        Ok(output.stdout_text().split_whitespace().filter(|status| *status == "True").count())
    }
}
