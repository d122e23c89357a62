//! The way a change travels: which environments there are, and where each is promoted from.

use api::{ClientError, EnvironmentsResponse, KnownEnvironment};

use crate::error::CommandError;
use crate::server::Server;

/// The environments there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Environments {
    known: Vec<KnownEnvironment>,
    /// Whether the server said so; the original does not, and its environments may be others.
    said_by_server: bool,
}

/// Where a promotion takes its artifact from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The newest artifact of a branch.
    Branch(String),
    /// What runs in an environment.
    Environment(String),
}

impl Source {
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Branch(name) | Self::Environment(name) => name,
        }
    }
}

/// Asks the server; one that cannot say gets the order that the original's client knew by heart.
pub(crate) async fn load(server: &Server) -> Result<Environments, ClientError> {
    Ok(match server.environments().await? {
        Some(answer) => Environments { known: answer.environments, said_by_server: true },
        None => Environments {
            known: [("dev", "master"), ("prod", "dev")].map(|(name, from)| known(name, from)).into(),
            said_by_server: false,
        },
    })
}

/// The names of the environments in their order; `None` when the server does not say.
pub(crate) async fn names(server: &Server) -> Result<Option<Vec<String>>, ClientError> {
    let names = |answer: EnvironmentsResponse| answer.environments.into_iter().map(|env| env.name).collect();
    Ok(server.environments().await?.map(names))
}

fn known(name: &str, promotes_from: &str) -> KnownEnvironment {
    KnownEnvironment {
        name: name.to_owned(),
        promotes_from: promotes_from.to_owned(),
        ..KnownEnvironment::default()
    }
}

impl Environments {
    /// Their names, in their order.
    pub(crate) fn names(self) -> Vec<String> {
        self.known.into_iter().map(|env| env.name).collect()
    }

    /// Where a promotion to `target` comes from, unless `from` says otherwise.
    pub(crate) fn source(&self, target: &str, from: Option<&str>) -> Result<Source, CommandError> {
        let target = self.find(target);
        let from = match (from, target) {
            (Some(from), Ok(_)) => from,
            (Some(from), Err(_)) if !self.said_by_server => from,
            (None, Ok(target)) => &target.promotes_from,
            (_, Err(error)) => return Err(error),
        };
        let is_environment = self.known.iter().any(|env| env.name == from);
        let is_branch = !is_environment && self.known.iter().any(|env| env.promotes_from == from);
        if is_branch {
            return Ok(Source::Branch(from.to_owned()));
        }
        if self.said_by_server && !is_environment {
            return Err(self.unknown(from));
        }
        Ok(Source::Environment(from.to_owned()))
    }

    fn find(&self, name: &str) -> Result<&KnownEnvironment, CommandError> {
        self.known.iter().find(|env| env.name == name).ok_or_else(|| self.unknown(name))
    }

    fn unknown(&self, name: &str) -> CommandError {
        CommandError::UnknownEnvironment {
            name: name.to_owned(),
            known: self.known.iter().map(|env| env.name.clone()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environments(said_by_server: bool) -> Environments {
        let known = vec![known("dev", "master"), known("staging", "dev"), known("prod", "staging")];
        Environments { known, said_by_server }
    }

    fn source(said_by_server: bool, target: &str, from: Option<&str>) -> Result<Source, String> {
        environments(said_by_server).source(target, from).map_err(|error| error.to_string())
    }

    #[test]
    fn a_promotion_comes_from_the_environment_before() {
        assert_eq!(source(true, "dev", None), Ok(Source::Branch("master".into())));
        assert_eq!(source(true, "prod", None), Ok(Source::Environment("staging".into())));
        assert_eq!(source(true, "prod", Some("dev")), Ok(Source::Environment("dev".into())));
        assert_eq!(source(true, "prod", Some("master")), Ok(Source::Branch("master".into())));
    }

    #[test]
    fn unknown_names_are_refused_on_either_side() {
        assert_eq!(source(true, "prd", None), Err("unknown environment 'prd'".into()));
        assert_eq!(source(true, "prd", Some("dev")), Err("unknown environment 'prd'".into()));
        assert_eq!(source(true, "prod", Some("stagign")), Err("unknown environment 'stagign'".into()));
    }

    #[test]
    fn a_server_that_does_not_say_may_have_others() {
        assert_eq!(source(false, "qa", Some("test")), Ok(Source::Environment("test".into())));
        assert_eq!(source(false, "qa", None), Err("unknown environment 'qa'".into()));
    }
}
