//! Whether the daemon sees what it has to see.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing::{info, warn};

use crate::metrics::Metrics;
use crate::watch::Scope;

/// The state of all watches.
#[derive(Debug)]
pub struct Watches {
    states: Mutex<BTreeMap<Scope, State>>,
    metrics: Arc<Metrics>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Starting,
    Complete,
    Broken(Broken),
}

/// Why a watch does not work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// The API server does not answer.
    Unreachable(String),
    /// The API server says no.
    Refused(String),
}

impl Watches {
    /// Watches that are about to start.
    #[must_use]
    pub fn new(scopes: &[Scope], metrics: Arc<Metrics>) -> Self {
        let states = scopes.iter().map(|scope| (scope.clone(), State::Starting)).collect();
        Self { states: Mutex::new(states), metrics }
    }

    /// A watch has seen all there is.
    pub fn complete(&self, scope: &Scope) {
        let mut states = self.states();
        let was_ready = states.values().all(|state| *state == State::Complete);
        states.insert(scope.clone(), State::Complete);
        if !was_ready && states.values().all(|state| *state == State::Complete) {
            info!(watches = states.len(), "everything in the cluster is in sight");
        }
    }

    /// A watch broke, and will start over. A reason that all of them share is said once.
    pub fn broken(&self, scope: &Scope, why: Broken) {
        self.metrics.watch_restarts.inc();
        let mut states = self.states();
        let is_known = states.values().any(|state| match (state, &why) {
            (State::Broken(Broken::Unreachable(_)), Broken::Unreachable(_)) => true,
            (State::Broken(known), why) => known == why,
            (State::Starting | State::Complete, _) => false,
        });
        states.insert(scope.clone(), State::Broken(why.clone()));
        if is_known {
            return;
        }
        match why {
            Broken::Unreachable(reason) => warn!(%reason, "cannot reach the cluster, trying again"),
            Broken::Refused(reason) => {
                let resources = scope.kind.resource().1;
                warn!(%reason, "cannot watch {resources}, trying again; check the daemon's leave to list and watch them");
            }
        }
    }

    /// What stands in the way of seeing everything; nothing when all is well.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let states = self.states();
        let problem = |(scope, state): (&Scope, &State)| {
            let resources = scope.kind.resource().1;
            let place = scope.namespace.as_deref().map(|name| format!(" in {name}")).unwrap_or_default();
            match state {
                State::Complete => None,
                State::Starting => Some(format!("{resources}{place}: not yet listed")),
                State::Broken(Broken::Unreachable(reason) | Broken::Refused(reason)) => {
                    Some(format!("{resources}{place}: {reason}"))
                }
            }
        };
        states.iter().filter_map(problem).collect()
    }

    fn states(&self) -> MutexGuard<'_, BTreeMap<Scope, State>> {
        // Each change is one insertion: a panic elsewhere leaves nothing half done.
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
