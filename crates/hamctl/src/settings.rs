//! Which server and service a command is about.

use std::borrow::Cow;

use explain::{Explain, Kind};

use crate::args::GlobalArgs;
use crate::config_file::{ConfigFile, ConfigFileError};
use crate::shuttle_yaml::ShuttleYaml;

/// The server, and where to log in for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) address: Option<String>,
    /// The server's name in the configuration file, when it comes from there.
    pub(crate) profile: Option<String>,
    pub(crate) idp: Option<String>,
    pub(crate) client_id: Option<String>,
    /// The server as `--server` names it.
    pub(crate) flagged: Option<String>,
    /// What named the server, in words.
    pub(crate) named_by: String,
}

/// What every command that asks the server needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    /// Empty for the commands that are about no service.
    pub(crate) service: String,
    pub(crate) address: String,
    /// The namespace that shuttle.yaml names.
    pub(crate) namespace: Option<String>,
}

/// What is missing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    #[error("required flag(s) {} not set", quoted(missing))]
    Missing { missing: Vec<&'static str> },
    #[error(transparent)]
    ConfigFile(#[from] ConfigFileError),
}

const SERVICE: &str = "service";
const ADDRESS: &str = "http-base-url (or set HAMCTL_URL)";

fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}

impl Explain for SettingsError {
    fn kind(&self) -> Kind {
        match self {
            Self::Missing { .. } => Kind::Usage,
            Self::ConfigFile(error) => error.kind(),
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Missing { missing } if missing.contains(&SERVICE) => {
                "give them as flags; in a folder with a shuttle.yaml, its vars.service names the service"
                    .into()
            }
            Self::Missing { .. } => {
                "give it as a flag, export HAMCTL_URL, or keep it: `hamctl config add NAME URL`".into()
            }
            Self::ConfigFile(error) => error.next_step(),
        }
    }
}

fn given(text: &Option<String>) -> Option<String> {
    text.clone().filter(|text| !text.trim().is_empty())
}

impl Target {
    /// `--server` first, then `--http-base-url` and HAMCTL_URL, then the current server of the configuration file.
    /// Where to log in is said by flags and variables first, then by the file.
    pub(crate) fn choose(global: &GlobalArgs, config: &ConfigFile) -> Result<Self, ConfigFileError> {
        let (profile, address, named_by) = match (given(&global.server), given(&global.http_base_url)) {
            (Some(server), _) if server.contains("://") => (None, Some(server), "--server".to_owned()),
            (Some(name), _) => (Some(config.server(&name)?), None, "--server".to_owned()),
            (None, Some(address)) => (None, Some(address), "--http-base-url or HAMCTL_URL".to_owned()),
            (None, None) => match &config.current {
                Some(name) => (Some(config.server(name)?), None, config.path.display().to_string()),
                None => (None, None, String::new()),
            },
        };
        let from = |value: fn(&crate::config_file::Profile) -> Option<String>| profile.and_then(value);
        Ok(Self {
            address: address.or_else(|| from(|profile| Some(profile.url.clone()))),
            profile: from(|profile| Some(profile.name.clone())),
            idp: given(&global.oauth.oauth_idp_url).or_else(|| from(|profile| profile.idp.clone())),
            client_id: given(&global.oauth.oauth_client_id)
                .or_else(|| from(|profile| profile.client_id.clone())),
            flagged: given(&global.server),
            named_by,
        })
    }
}

impl Settings {
    /// Flags first, then what shuttle.yaml says; everything missing is named at once.
    pub(crate) fn resolve(
        global: &GlobalArgs,
        target: &Target,
        shuttle: ShuttleYaml,
    ) -> Result<Self, SettingsError> {
        let service = given(&global.service).or(shuttle.service);
        let namespace = shuttle.namespace;
        match (service, target.address.clone()) {
            (Some(service), Some(address)) => Ok(Self { service, address, namespace }),
            (service, address) => {
                let absent = [(service.is_none(), SERVICE), (address.is_none(), ADDRESS)];
                let missing = absent.iter().filter(|(absent, _)| *absent).map(|(_, name)| *name).collect();
                Err(SettingsError::Missing { missing })
            }
        }
    }

    /// The same for a command that is about no service in particular.
    pub(crate) fn resolve_any(
        global: &GlobalArgs,
        target: &Target,
        shuttle: ShuttleYaml,
    ) -> Result<Self, SettingsError> {
        let service = given(&global.service).or(shuttle.service).unwrap_or_default();
        let address = target.address.clone().ok_or(SettingsError::Missing { missing: vec![ADDRESS] })?;
        Ok(Self { service, address, namespace: shuttle.namespace })
    }
}
