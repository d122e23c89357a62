//! By which rules a worker decides: those of the home branch, whichever place it writes.

use artifact::EnvName;
use git_mirror::Snapshot;

use super::Worker;
use crate::facts::Rules;
use crate::{ReadError, WriteError};

impl Worker {
    /// Before anything is decided at another place, the rules have to be fresh. At home they need not be: its push
    /// fails when they have changed.
    pub(super) fn refresh_rules(&self) -> Result<(), WriteError> {
        if self.is_home { Ok(()) } else { self.places.refresh_rules() }
    }

    /// The rules for a release to this environment: at home those of the batch so far, elsewhere those at home's
    /// newest known tip. When they say that the environment lives elsewhere, there is nothing to decide here.
    pub(super) fn rules(
        &self,
        environment: &EnvName,
        snapshot: Option<&Snapshot>,
    ) -> Result<Rules, WriteError> {
        let unknown = |error: ReadError| WriteError::Facts(error.into());
        let home =
            if self.is_home { snapshot.cloned() } else { self.places.home().snapshot().map_err(unknown)? };
        let rules = Rules::at(home).map_err(unknown)?;
        let wanted = match rules.settings.places.get(environment) {
            Some(place) => place.remote(&self.options.remote).map_err(|error| WriteError::Place {
                environment: environment.clone(),
                source: error.into(),
            })?,
            None => None,
        };
        let here = self.mirror.remote();
        let lives_here = match wanted {
            Some(remote) => remote.url == here.url && remote.branch == here.branch,
            None => self.is_home,
        };
        if lives_here { Ok(rules) } else { Err(WriteError::Moved { environment: environment.clone() }) }
    }
}
