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
    let current = config.current.as_deref().unwrap_or_default();
    output.done(format_args!("Server '{current}' is the current one in {}", config.path.display()));
    output.data(&answer(&config))
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
        let rows = answer.servers.iter().map(|server| {
            let mark = if answer.current == Some(&server.name) { "*" } else { "" };
            let login = server.idp.clone().unwrap_or_default();
            [mark.to_owned(), server.name.clone(), server.url.clone(), login]
        });
        Table { header: ["", "NAME", "URL", "LOGIN"], rows: rows.collect() }.text(room)
    })
}
