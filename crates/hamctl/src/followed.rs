//! Waiting until the cluster has made something of a release.

use std::time::Duration;

use api::{Rollout, RolloutState, StatusResponse};
use explain::Explain;
use terminal::Terminal;
use tokio::time::{Instant, sleep};

use crate::error::CommandError;
use crate::rollout;
use crate::server::Server;

/// How often the server is asked.
const INTERVAL: Duration = Duration::from_secs(1);

/// What a status says about one release.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    Ready(Rollout),
    Failed(Rollout),
    /// It was there, and now another one is.
    ReplacedBy(String),
    /// Still under way; how far, in words.
    Waiting(String),
}

/// Follows an artifact in an environment until it is ready; an error says why it is not.
pub(crate) async fn until_ready(
    server: &Server,
    env: &str,
    artifact: &str,
    namespace: Option<&str>,
    patience: Duration,
    terminal: &Terminal,
) -> Result<Rollout, CommandError> {
    let progress = terminal.progress(format!("waiting for {artifact} to become ready in {env}"));
    let deadline = Instant::now() + patience;
    let mut seen = false;
    loop {
        let waiting = match server.status(namespace).await {
            Ok(status) => {
                let verdict = judge(&status, env, artifact, seen);
                seen |= runs(&status, env, artifact);
                match verdict {
                    Verdict::Ready(rollout) => return Ok(rollout),
                    Verdict::Failed(rollout) => {
                        let (service, env, artifact) = owned(server, env, artifact);
                        let what = rollout::reasons(&rollout);
                        return Err(CommandError::RolloutFailed { service, env, artifact, what });
                    }
                    Verdict::ReplacedBy(by) => {
                        let (_, env, artifact) = owned(server, env, artifact);
                        return Err(CommandError::Replaced { env, artifact, by });
                    }
                    Verdict::Waiting(how_far) => how_far,
                }
            }
            // The release is accepted: a server that restarts meanwhile does not change that.
            Err(error) if error.kind().retry_helps() => "the server does not answer".to_owned(),
            Err(error) => return Err(error.into()),
        };
        progress.update(waiting.as_str());
        if Instant::now() + INTERVAL > deadline {
            let (service, env, artifact) = owned(server, env, artifact);
            return Err(CommandError::RolloutLate { service, env, artifact, after: patience, last: waiting });
        }
        sleep(INTERVAL).await;
    }
}

fn owned(server: &Server, env: &str, artifact: &str) -> (String, String, String) {
    (server.service.clone(), env.to_owned(), artifact.to_owned())
}

fn runs(status: &StatusResponse, env: &str, artifact: &str) -> bool {
    status.environments.iter().any(|row| row.name == env && row.tag == artifact)
}

/// What a status says about `artifact`, which earlier ones have or have not `seen` in the environment.
fn judge(status: &StatusResponse, env: &str, artifact: &str, seen: bool) -> Verdict {
    let Some(row) = status.environments.iter().find(|row| row.name == env) else {
        return Verdict::Waiting("not in Git yet".to_owned());
    };
    if row.tag != artifact {
        return match seen {
            true => Verdict::ReplacedBy(row.tag.clone()),
            false => Verdict::Waiting(format!("not in Git yet, {} is", row.tag)),
        };
    }
    match &row.rollout {
        Some(rollout) if rollout::is_about(rollout, artifact) => match rollout.state {
            RolloutState::Ready => Verdict::Ready(rollout.clone()),
            RolloutState::Failed => Verdict::Failed(rollout.clone()),
            RolloutState::Unknown => Verdict::Waiting("no report from the cluster yet".to_owned()),
        },
        _ => Verdict::Waiting("no report from the cluster yet".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use api::EnvironmentStatus;

    use super::*;

    fn status(tag: &str, rollout: Option<(RolloutState, &str)>) -> StatusResponse {
        let rollout = rollout.map(|(state, artifact_id)| Rollout {
            state,
            artifact_id: artifact_id.into(),
            ..Rollout::default()
        });
        let row = EnvironmentStatus {
            name: "dev".into(),
            tag: tag.into(),
            rollout,
            ..EnvironmentStatus::default()
        };
        StatusResponse { environments: vec![row], ..StatusResponse::default() }
    }

    #[test]
    fn only_a_report_about_this_artifact_decides() {
        let judged = |status| judge(&status, "dev", "a-2", false);
        assert!(matches!(judged(status("a-2", Some((RolloutState::Ready, "a-2")))), Verdict::Ready(_)));
        assert!(matches!(judged(status("a-2", Some((RolloutState::Failed, "a-2")))), Verdict::Failed(_)));
        for waiting in [
            status("a-2", Some((RolloutState::Failed, "a-1"))),
            status("a-2", Some((RolloutState::Unknown, ""))),
            status("a-2", None),
            status("a-1", Some((RolloutState::Ready, "a-1"))),
            StatusResponse::default(),
        ] {
            assert!(matches!(judged(waiting.clone()), Verdict::Waiting(_)), "{waiting:?}");
        }
    }

    #[test]
    fn a_release_that_was_there_and_is_gone_was_replaced() {
        assert_eq!(judge(&status("a-3", None), "dev", "a-2", true), Verdict::ReplacedBy("a-3".into()));
    }
}
