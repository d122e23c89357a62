//! `hamctl config`.

use serde::Serialize;

use crate::args::{ConfigCommand, GlobalArgs};
use crate::config_file::{ConfigFile, Profile};
use crate::error::CommandError;
use crate::output::Output;
use crate::table::Table;

/// The answer for programs.
#[derive(Serialize)]
struct Servers<'a> {
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    current: Option<&'a str>,
    servers: &'a [Profile],
}

pub(crate) fn run(command: &ConfigCommand, global: &GlobalArgs, output: &Output) -> Result<(), CommandError> {
    let mut config = ConfigFile::load()?;
    match command {
        ConfigCommand::List => return list(&config, output),
        ConfigCommand::Use { name } => config.choose(name)?,
        ConfigCommand::Add { name, url } => config.add(Profile {
            name: name.clone(),
            url: url.clone(),
            idp: global.oauth.oauth_idp_url.clone(),
            client_id: global.oauth.oauth_client_id.clone(),
        })?,
    }
    output.done(done(command, &config));
    output.data(&answer(&config))
}

/// What was done, and which server commands ask from now on.
fn done(command: &ConfigCommand, config: &ConfigFile) -> String {
    let (current, file) = (config.current.as_deref().unwrap_or_default(), config.path.display());
    match command {
        ConfigCommand::Add { name, .. } if name != current => format!(
            "Server '{name}' added to {file}; '{current}' is still the current one: see `hamctl config use {name}`"
        ),
        ConfigCommand::Add { .. } | ConfigCommand::Use { .. } | ConfigCommand::List => {
            format!("Server '{current}' is the current one in {file}")
        }
    }
}

fn answer(config: &ConfigFile) -> Servers<'_> {
    Servers {
        file: config.path.display().to_string(),
        current: config.current.as_deref(),
        servers: &config.servers,
    }
}

fn list(config: &ConfigFile, output: &Output) -> Result<(), CommandError> {
    let room = output.terminal.data_width();
    output.answer(&answer(config), |answer| {
        if answer.servers.is_empty() {
            return format!("No servers in {}\n", answer.file);
        }
        let mut servers: Vec<&Profile> = answer.servers.iter().collect();
        servers.sort_by(|one, other| one.name.cmp(&other.name));
        let rows = servers.into_iter().map(|server| {
            let mark = if answer.current == Some(&server.name) { "*" } else { "" };
            let login = server.idp.clone().unwrap_or_default();
            [mark.to_owned(), server.name.clone(), server.url.clone(), login]
        });
        Table { header: ["", "NAME", "URL", "LOGIN"], kept: 2, rows: rows.collect() }.text(room)
    })
}
