//! What this machine has.

use std::path::Path;

use explain::Kind;
use process::Program;

use super::check::Check;
use crate::args::GlobalArgs;
use crate::config_file::ConfigFile;
use crate::identity;
use crate::settings::Target;
use crate::shuttle_yaml::ShuttleYaml;

/// The configuration file, and the server that follows from it and the flags.
pub(super) fn configuration(global: &GlobalArgs) -> (Vec<Check>, Target) {
    let config = match ConfigFile::load() {
        Ok(config) => config,
        Err(error) => return (vec![Check::of_error("configuration", &error)], Target::default()),
    };
    let target = match Target::choose(global, &config) {
        Ok(target) => target,
        Err(error) => return (vec![Check::of_error("configuration", &error)], Target::default()),
    };
    let check = match &target.address {
        None => Check::failed(
            "configuration",
            Kind::Usage,
            "no server is named",
            "export HAMCTL_URL, or keep one: `hamctl config add NAME URL`",
        ),
        Some(address) => {
            let name = target.profile.as_ref().map(|name| format!("'{name}', ")).unwrap_or_default();
            Check::good("configuration", format!("server {name}{address}, named by {}", target.named_by))
        }
    };
    (vec![check], target)
}

/// The service that commands here are about.
pub(super) fn service(global: &GlobalArgs) -> Check {
    let shuttle = ShuttleYaml::of_folder(Path::new("."));
    match (&global.service, shuttle.service) {
        (Some(service), _) => Check::good("service", format!("{service}, named by --service")),
        (None, Some(service)) => Check::good("service", format!("{service}, named by shuttle.yaml")),
        (None, None) => {
            let finding = match Path::new("shuttle.yaml").exists() {
                true => "the shuttle.yaml here names none, as `service` below `vars`",
                false => "none is named here",
            };
            let hint = "give --service, or go to the folder of the service's shuttle.yaml";
            Check::warning("service", finding, hint)
        }
    }
}

/// Git, the branch of this folder and, where the token does not say who releases, whom Git names.
pub(super) fn git(names_the_author: bool) -> Vec<Check> {
    let version = Program::new("git").args(["--version"]).run();
    let Some(version) = version.ok().filter(|output| output.succeeded()) else {
        return vec![Check::warning(
            "git",
            "it cannot be started",
            "install Git: `release --current-branch` asks it for the branch",
        )];
    };
    let version = version.stdout_text().trim_start_matches("git version ").to_owned();
    let branch = Program::new("git").args(["branch", "--show-current"]).run().ok();
    let branch = branch.filter(|output| output.succeeded()).map(|output| output.stdout_text());
    let folder = match branch.as_deref() {
        None => format!("{version}; this folder is no Git repository"),
        Some("") => format!("{version}; no branch is checked out here"),
        Some(branch) => format!("{version}; branch {branch} is checked out here"),
    };
    let mut checks = vec![Check::good("git", folder)];
    if !names_the_author {
        return checks;
    }
    match identity::of_git() {
        Some(person) => checks.push(Check::good("name", person.to_string())),
        None => checks.push(Check::warning(
            "name",
            "Git does not know who you are; a static token needs it to name the author of a release",
            "git config --global user.name \"Your Name\"; git config --global user.email you@example.com",
        )),
    }
    checks
}
