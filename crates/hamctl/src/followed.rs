//! Waiting until the cluster has made something of a release.

use std::time::Duration;

use api::{ClientError, DescribeReleaseResponse, ReleaseState, Rollout, RolloutState};
use explain::Explain;
use jiff::Timestamp;
use terminal::Terminal;
use tokio::time::Instant;

use crate::error::CommandError;
use crate::rollout;
use crate::server::Server;

mod pulse;

use pulse::Pulse;

/// With less time than this left, one more look is not worth it.
const SHORTEST: Duration = Duration::from_millis(100);

/// What the newest release to an environment says about the one we follow.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    Ready(Rollout),
    Failed(Rollout),
    /// It was there, and now another one is.
    ReplacedBy(String),
    /// It never came to Git, and nobody tries any more; why.
    GivenUp(String),
    /// Still under way; how far, in words.
    Waiting(String),
}

/// A release that was accepted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Followed<'a> {
    pub(crate) server: &'a Server,
    pub(crate) env: &'a str,
    pub(crate) artifact: &'a str,
    /// The identity it was accepted under; empty when the server does not say.
    pub(crate) id: &'a str,
}

/// What was seen so far.
#[derive(Debug, Default)]
struct Seen {
    /// It is in Git: there is no need to ask whether it lands.
    landed: bool,
    /// The artifact was the newest in the environment.
    newest: bool,
}

impl Followed<'_> {
    /// Follows it until it is ready; an error says why it is not.
    pub(crate) async fn until_ready(
        self,
        patience: Duration,
        terminal: &Terminal,
    ) -> Result<Rollout, CommandError> {
        let Self { server, env, artifact, .. } = self;
        // Short, so that how far it is stays on a screen of 80 columns; the artifact was named already.
        let progress = terminal.progress(format!("waiting until {env} is ready"));
        let deadline = Instant::now() + patience;
        // Before the first look, so that nothing that happens after it is missed.
        let mut pulse = Pulse::listen(server, env).await;
        let mut seen = Seen::default();
        let owned = || (server.service.clone(), env.to_owned(), artifact.to_owned());
        loop {
            let waiting = match self.look(&mut seen).await {
                Ok(Verdict::Ready(rollout)) => return Ok(rollout),
                Ok(Verdict::Failed(rollout)) => {
                    let (service, env, artifact) = owned();
                    let what = rollout::reasons(&rollout);
                    return Err(CommandError::RolloutFailed { service, env, artifact, what });
                }
                Ok(Verdict::ReplacedBy(by)) => {
                    let (_, env, artifact) = owned();
                    return Err(CommandError::Replaced { env, artifact, by });
                }
                Ok(Verdict::GivenUp(reason)) => {
                    let (_, env, artifact) = owned();
                    return Err(CommandError::GivenUp { env, artifact, reason });
                }
                Ok(Verdict::Waiting(how_far)) => how_far,
                // The release is accepted: a server that restarts meanwhile does not change that.
                Err(error) if error.kind().retry_helps() => "the server does not answer".to_owned(),
                Err(error) => return Err(error.into()),
            };
            progress.update(waiting.as_str());
            let left = deadline.saturating_duration_since(Instant::now());
            if left < SHORTEST {
                let (service, env, artifact) = owned();
                let (after, last) = (patience, waiting);
                return Err(CommandError::RolloutLate { service, env, artifact, after, last });
            }
            pulse.beat(left).await;
        }
    }

    /// How it stands: in the queue first, then in Git and in the cluster.
    async fn look(&self, seen: &mut Seen) -> Result<Verdict, ClientError> {
        if !seen.landed && !self.id.is_empty() {
            let known = self.server.outcome(self.id).await?;
            match known.map(|known| (known.state, known.reason)) {
                Some((ReleaseState::Dead | ReleaseState::Denied | ReleaseState::Failed, reason)) => {
                    return Ok(Verdict::GivenUp(reason));
                }
                Some((ReleaseState::Pending, reason)) => {
                    let colon = if reason.is_empty() { "" } else { ": " };
                    return Ok(Verdict::Waiting(format!("accepted, not in Git yet{colon}{reason}")));
                }
                // A server that does not know it, or does not say, is asked for the newest release itself.
                Some((ReleaseState::Landed | ReleaseState::Unchanged, _)) | None => seen.landed = true,
            }
        }
        let newest = self.server.releases(self.env, 1).await?;
        let verdict = judge(&newest, self.artifact, accepted_at(self.id), seen.newest);
        seen.newest |= runs(&newest, self.artifact);
        Ok(verdict)
    }
}

/// When a release was accepted, which its identity, a UUID of version 7, says to the millisecond.
fn accepted_at(id: &str) -> Option<Timestamp> {
    let digits = id.replace('-', "");
    let is_version_7 = digits.len() == 32 && digits.as_bytes().get(12) == Some(&b'7');
    let milliseconds = is_version_7.then(|| i64::from_str_radix(digits.get(..12)?, 16).ok()).flatten()?;
    Timestamp::from_millisecond(milliseconds).ok()
}

fn runs(newest: &DescribeReleaseResponse, artifact: &str) -> bool {
    newest.releases.first().is_some_and(|release| release.artifact.id == artifact)
}

/// What the newest release says about `artifact`, which earlier answers have or have not `seen` there.
///
/// An artifact that comes back, as by a rollback, has a report of its earlier days: only one that is younger than the
/// release decides. All times are the server's; that of the commit has whole seconds, that of the acceptance is finer.
fn judge(
    newest: &DescribeReleaseResponse,
    artifact: &str,
    accepted: Option<Timestamp>,
    seen: bool,
) -> Verdict {
    let Some(release) = newest.releases.first() else {
        return Verdict::Waiting("not in Git yet".to_owned());
    };
    let runs = &release.artifact.id;
    if runs != artifact {
        return match seen {
            true => Verdict::ReplacedBy(runs.clone()),
            false => Verdict::Waiting(format!("not in Git yet, {runs} is")),
        };
    }
    let since = release.released_at.instant().max(accepted.unwrap_or(Timestamp::MIN));
    let report = release
        .rollout
        .as_ref()
        .filter(|rollout| rollout::is_about(rollout, artifact) && rollout.observed_at.instant() >= since);
    match report.map(|rollout| (rollout.state, rollout)) {
        Some((RolloutState::Ready, rollout)) => Verdict::Ready(rollout.clone()),
        Some((RolloutState::Failed, rollout)) => Verdict::Failed(rollout.clone()),
        Some((RolloutState::Progressing, rollout)) => {
            let (up, all) = (rollout.workloads.len(), rollout.expected_workloads);
            Verdict::Waiting(format!("{up} of {all} workloads are up"))
        }
        Some((RolloutState::Unknown, _)) | None => {
            Verdict::Waiting("no report from the cluster yet".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use api::DescribedRelease;
    use artifact::ArtifactSpec;

    use super::*;

    const BEFORE: &str = "2026-01-05T09:00:00Z";
    const AFTER: &str = "2026-01-05T10:20:00+01:00";

    fn newest(tag: &str, report: Option<(RolloutState, &str, &str)>) -> DescribeReleaseResponse {
        let rollout = report.map(|(state, artifact_id, observed_at)| Rollout {
            state,
            artifact_id: artifact_id.into(),
            observed_at: observed_at.parse().unwrap(),
            ..Rollout::default()
        });
        let release = DescribedRelease {
            artifact: ArtifactSpec { id: tag.into(), ..ArtifactSpec::default() },
            released_at: "2026-01-05T09:14:02Z".parse().unwrap(),
            rollout,
            ..DescribedRelease::default()
        };
        DescribeReleaseResponse { releases: vec![release], ..DescribeReleaseResponse::default() }
    }

    #[test]
    fn only_a_report_about_this_release_decides() {
        let judged = |newest| judge(&newest, "a-2", None, false);
        assert!(matches!(
            judged(newest("a-2", Some((RolloutState::Ready, "a-2", AFTER)))),
            Verdict::Ready(_)
        ));
        assert!(matches!(
            judged(newest("a-2", Some((RolloutState::Failed, "a-2", AFTER)))),
            Verdict::Failed(_)
        ));
        for waiting in [
            newest("a-2", Some((RolloutState::Ready, "a-2", BEFORE))),
            newest("a-2", Some((RolloutState::Failed, "a-2", BEFORE))),
            newest("a-2", Some((RolloutState::Failed, "a-1", AFTER))),
            newest("a-2", Some((RolloutState::Unknown, "", AFTER))),
            newest("a-2", None),
            newest("a-1", Some((RolloutState::Ready, "a-1", AFTER))),
            DescribeReleaseResponse::default(),
        ] {
            assert!(matches!(judged(waiting.clone()), Verdict::Waiting(_)), "{waiting:?}");
        }
    }

    #[test]
    fn a_release_that_was_there_and_is_gone_was_replaced() {
        assert_eq!(judge(&newest("a-3", None), "a-2", None, true), Verdict::ReplacedBy("a-3".into()));
    }

    #[test]
    fn a_report_of_the_same_second_but_before_the_release_does_not_count() {
        // Accepted at 09:14:02.500.
        let id = "019b8d6f-5584-7000-8000-000000000001";
        let accepted = accepted_at(id);
        assert_eq!(accepted, "2026-01-05T09:14:02.5Z".parse().ok());
        let report = |at| newest("a-2", Some((RolloutState::Ready, "a-2", at)));
        let judged = |at| judge(&report(at), "a-2", accepted, false);
        assert!(matches!(judged("2026-01-05T09:14:02.4Z"), Verdict::Waiting(_)));
        assert!(matches!(judged("2026-01-05T09:14:02.6Z"), Verdict::Ready(_)));
        for id in [
            "",
            "019b8d6f",
            "019b8d6f-5584-4000-8000-000000000001",
            "gggggggg-8ee4-7000-8000-000000000001",
            "é",
        ] {
            assert_eq!(accepted_at(id), None, "{id}");
        }
    }
}
