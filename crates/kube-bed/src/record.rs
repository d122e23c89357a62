//! What a bed remembers of itself beside what its name decides.

use std::fs;
use std::io;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::BedError;
use crate::place::Place;
use crate::plan::Site;
use crate::slot::Slot;
use crate::tools::Tools;

/// Nodes that kwok plays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Simulated {
    pub(crate) nodes: usize,
    pub(crate) program: PathBuf,
}

const FILE: &str = "bed.json";

/// Written before the first process is started, and again when the last is ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) slot: Slot,
    pub(crate) tools: Tools,
    /// Whether it has a node.
    pub(crate) nodes: bool,
    /// What is played besides.
    pub(crate) simulated: Option<Simulated>,
    /// Whether it goes with the process that started it.
    pub(crate) owned: bool,
    /// Whether it came up wholly.
    pub(crate) ready: bool,
}

impl Record {
    /// `None` when there is none, or none that can be understood: then nothing of the bed can be used.
    pub(crate) fn read(place: &Place) -> Result<Option<Self>, BedError> {
        let path = place.folder().join(FILE);
        match fs::read(&path) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok().and_then(|value| Self::parse(&value))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(BedError::io(&path)(error)),
        }
    }

    fn parse(value: &Value) -> Option<Self> {
        Some(Self {
            slot: Slot(value["slot"].as_u64()?.try_into().ok()?),
            tools: Tools::at(PathBuf::from(value["tools"].as_str()?)),
            nodes: value["nodes"].as_bool()?,
            simulated: match &value["simulated"] {
                Value::Null => None,
                simulated => Some(Simulated {
                    nodes: simulated["nodes"].as_u64()?.try_into().ok()?,
                    program: PathBuf::from(simulated["program"].as_str()?),
                }),
            },
            owned: value["owned"].as_bool()?,
            ready: value["ready"].as_bool()?,
        })
    }

    pub(crate) fn write(&self, place: &Place) -> Result<(), BedError> {
        let folder = place.folder();
        fs::create_dir_all(&folder).map_err(BedError::io(&folder))?;
        let (path, unfinished) = (folder.join(FILE), folder.join("bed.json.new"));
        let value = json!({
            "slot": self.slot.0,
            "tools": self.tools.folder(),
            "nodes": self.nodes,
            "simulated": self.simulated.as_ref().map(|Simulated { nodes, program }| json!({"nodes": nodes, "program": program})),
            "owned": self.owned,
            "ready": self.ready,
        });
        fs::write(&unfinished, value.to_string()).map_err(BedError::io(&unfinished))?;
        fs::rename(&unfinished, &path).map_err(BedError::io(&path))
    }

    /// Whether pods run somewhere, be it only played.
    pub(crate) fn has_pods(&self) -> bool {
        self.nodes || self.simulated.is_some()
    }

    pub(crate) fn site(&self, place: &Place) -> Site {
        Site { place: place.clone(), slot: self.slot, tools: self.tools.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_and_a_broken_record_is_none() {
        let root = tempfile::tempdir().unwrap();
        let place = Place::below(root.path(), "a").unwrap();
        assert_eq!(Record::read(&place).unwrap(), None);
        for simulated in [None, Some(Simulated { nodes: 3, program: "/t/kwok".into() })] {
            let tools = Tools::at("/t".into());
            let record = Record { slot: Slot(9), tools, nodes: true, simulated, owned: false, ready: true };
            record.write(&place).unwrap();
            assert_eq!(Record::read(&place).unwrap(), Some(record));
        }
        fs::write(place.folder().join(FILE), "{\"slot\": 1").unwrap();
        assert_eq!(Record::read(&place).unwrap(), None);
    }
}
