//! Which server and service a command is about.

use std::borrow::Cow;

use explain::{Explain, Kind};

use crate::args::GlobalArgs;
use crate::shuttle_yaml::ShuttleYaml;

/// What every command that asks the server needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) service: String,
    pub(crate) address: String,
    /// The namespace that shuttle.yaml names.
    pub(crate) namespace: Option<String>,
}

/// What is missing.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SettingsError {
    #[error("required flag(s) {} not set", quoted(missing))]
    Missing { missing: Vec<&'static str> },
}

const SERVICE: &str = "service";
const ADDRESS: &str = "http-base-url (or set HAMCTL_URL)";

fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}

impl Explain for SettingsError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Missing { missing } if missing.contains(&SERVICE) => {
                "give them as flags; in a folder with a shuttle.yaml, its vars.service names the service"
                    .into()
            }
            Self::Missing { .. } => "give it as a flag, or export HAMCTL_URL".into(),
        }
    }
}

impl Settings {
    /// Flags first, then what shuttle.yaml says; everything missing is named at once.
    pub(crate) fn resolve(global: &GlobalArgs, shuttle: ShuttleYaml) -> Result<Self, SettingsError> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let service = given(&global.service).or(shuttle.service);
        let address = given(&global.http_base_url);
        let namespace = shuttle.namespace;
        match (service, address) {
            (Some(service), Some(address)) => Ok(Self { service, address, namespace }),
            (service, address) => {
                let absent = [(service.is_none(), SERVICE), (address.is_none(), ADDRESS)];
                let missing = absent.iter().filter(|(absent, _)| *absent).map(|(_, name)| *name).collect();
                Err(SettingsError::Missing { missing })
            }
        }
    }
}
