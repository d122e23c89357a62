//! Whether the clusters tell the server what became of releases.

use api::{RolloutState, ServicesResponse};

use super::check::Check;

/// Nothing while nothing runs anywhere.
pub(super) fn heard(environments: &[&str], services: &ServicesResponse) -> Option<Check> {
    let running = || services.services.iter().flat_map(|service| &service.environments);
    let used: Vec<&str> =
        environments.iter().copied().filter(|name| running().any(|env| env.name == *name)).collect();
    let reports =
        |name: &str| running().any(|env| env.name == name && env.rollout_state != RolloutState::Unknown);
    let (loud, silent): (Vec<&str>, Vec<&str>) = used.into_iter().partition(|name| reports(name));
    match (loud.is_empty(), silent.is_empty()) {
        (true, true) => None,
        (false, true) => Some(Check::good("clusters", format!("reports came from {}", loud.join(", ")))),
        (_, false) => Some(Check::warning(
            "clusters",
            format!("no report has come from {}", silent.join(", ")),
            "see that release-daemon runs there and manifests have its annotations: --wait needs its reports",
        )),
    }
}

#[cfg(test)]
mod tests {
    use api::{KnownService, RunningService};

    use super::*;
    use crate::doctor::check::State;

    fn service(environments: &[(&str, RolloutState)]) -> KnownService {
        let running = |(name, rollout_state): &(&str, RolloutState)| RunningService {
            name: (*name).into(),
            rollout_state: *rollout_state,
            ..RunningService::default()
        };
        KnownService { name: "billing".into(), environments: environments.iter().map(running).collect() }
    }

    #[test]
    fn an_environment_that_runs_something_and_is_silent_is_named() {
        let (ready, unknown) = (RolloutState::Ready, RolloutState::Unknown);
        let heard = |services: Vec<KnownService>| {
            let check = heard(&["dev", "staging", "prod"], &ServicesResponse { services });
            check.map(|check| (check.state, check.finding))
        };
        assert_eq!(heard(vec![]), None);
        assert_eq!(
            heard(vec![service(&[("dev", ready), ("prod", RolloutState::Failed)])]),
            Some((State::Good, "reports came from dev, prod".into()))
        );
        // One service of an environment is enough.
        assert_eq!(
            heard(vec![service(&[("dev", unknown)]), service(&[("dev", ready)])]),
            Some((State::Good, "reports came from dev".into()))
        );
        assert_eq!(
            heard(vec![service(&[("dev", ready), ("staging", unknown), ("prod", unknown)])]),
            Some((State::Warning, "no report has come from staging, prod".into()))
        );
    }
}
