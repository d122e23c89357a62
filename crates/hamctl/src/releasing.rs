//! The one way in which every command asks for releases, tells the answers, and waits.

use api::{IntentBody, ReleaseResponse, Rollout};
use explain::{Explain, Kind, Report};
use serde::Serialize;

use crate::args::HowArgs;
use crate::dry_run;
use crate::error::CommandError;
use crate::followed::Followed;
use crate::known;
use crate::output::Output;
use crate::rollout;
use crate::server::Server;

/// An artifact to release to some environments, in order.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) environments: Vec<String>,
    pub(crate) artifact: String,
    pub(crate) intent: IntentBody,
}

/// What became of it in one environment, as programs read it.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct ReleaseResult {
    environment: String,
    artifact_id: String,
    /// What the server answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<ReleaseResponse>,
    /// What the cluster made of it, when we waited.
    #[serde(skip_serializing_if = "Option::is_none")]
    rollout: Option<Rollout>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorResult>,
}

#[derive(Debug, Serialize)]
struct ErrorResult {
    kind: &'static str,
    message: String,
    hint: String,
}

#[derive(Debug, Serialize)]
struct Results<'a> {
    service: &'a str,
    results: Vec<ReleaseResult>,
}

/// Asks for all of them, even when one is refused, then waits for those that were not, if told to.
pub(crate) async fn all(
    server: &Server,
    wanted: Wanted,
    how: HowArgs,
    output: &Output,
) -> Result<(), CommandError> {
    if how.dry_run {
        return dry_run::all(server, &wanted, output).await;
    }
    let total = wanted.environments.len();
    let mut results = Vec::new();
    let mut failures = Vec::new();
    for env in &wanted.environments {
        let answer = server.release(env, &wanted.artifact, wanted.intent.clone()).await;
        if let Ok(answer) = &answer {
            output.done(text(answer, env, &wanted.artifact));
        }
        let mut result = result(env, &wanted.artifact);
        match answer {
            Ok(answer) => result.answer = Some(answer),
            Err(error) => {
                let error = known::or_unknown(server, Some(env), error.into()).await;
                fail(&mut result, error, total, &mut failures, output);
            }
        }
        results.push(result);
    }
    for result in results.iter_mut().filter(|result| how.wait && result.error.is_none()) {
        // A server that says how a release stands also hears from the clusters; the original does neither.
        if result.answer.as_ref().is_some_and(|answer| answer.state.is_empty()) {
            fail(result, server.cannot("follow a release to the cluster"), total, &mut failures, output);
            continue;
        }
        let followed = Followed {
            server,
            env: &result.environment,
            artifact: &wanted.artifact,
            id: result.answer.as_ref().map(|answer| answer.id.as_str()).unwrap_or_default(),
        };
        let outcome = followed.until_ready(how.wait_timeout, &output.terminal).await;
        match outcome {
            Ok(rollout) => {
                output.done(ready(&rollout, &result.environment, &wanted.artifact));
                result.rollout = Some(rollout);
            }
            Err(error) => fail(result, error, total, &mut failures, output),
        }
    }
    output.data(&Results { service: &server.service, results })?;
    match (failures.len(), failures.pop()) {
        (_, None) => Ok(()),
        (1, Some(error)) if total == 1 => Err(error),
        (failed, Some(last)) => {
            let kind = failures.first().map_or_else(|| last.kind(), Explain::kind);
            Err(CommandError::SomeFailed { failed, total, kind })
        }
    }
}

fn result(env: &str, artifact: &str) -> ReleaseResult {
    ReleaseResult {
        environment: env.to_owned(),
        artifact_id: artifact.to_owned(),
        ..ReleaseResult::default()
    }
}

/// Notes a failure. With several environments each is told at once; a single one is the error of the command.
fn fail(
    result: &mut ReleaseResult,
    error: CommandError,
    total: usize,
    failures: &mut Vec<CommandError>,
    output: &Output,
) {
    let report = Report::new(&error);
    if total > 1 {
        let message = format!("{}: {}", result.environment, report.message);
        output.terminal.report(&Report { kind: report.kind, message, hint: report.hint.clone() });
    }
    result.error =
        Some(ErrorResult { kind: Kind::as_str(report.kind), message: report.message, hint: report.hint });
    failures.push(error);
}

fn text(answer: &ReleaseResponse, env: &str, artifact: &str) -> String {
    // The server repeats both; should it not, what we asked for is still what it is about.
    let env = if answer.to_environment.is_empty() { env } else { &answer.to_environment };
    let tag = if answer.tag.is_empty() { artifact } else { &answer.tag };
    match answer.state.as_str() {
        "pending" => format!("Release of {tag} to {env} accepted, not in Git yet (id {})", answer.id),
        _ if !answer.status.is_empty() => answer.status.clone(),
        _ => format!("Release of {tag} to {env} initialized"),
    }
}

fn ready(rollout: &Rollout, env: &str, artifact: &str) -> String {
    match rollout::workloads(rollout).as_str() {
        "" => format!("{artifact} is ready in {env}"),
        workloads => format!("{artifact} is ready in {env}: {workloads}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(state: &str, status: &str) -> ReleaseResponse {
        ReleaseResponse {
            state: state.into(),
            status: status.into(),
            id: "0193".into(),
            to_environment: "dev".into(),
            ..ReleaseResponse::default()
        }
    }

    #[test]
    fn each_answer_has_its_line() {
        for (state, status, line) in [
            ("landed", "", "Release of a-1 to dev initialized"),
            ("", "", "Release of a-1 to dev initialized"),
            (
                "unchanged",
                "Environment 'dev' is already up-to-date",
                "Environment 'dev' is already up-to-date",
            ),
            ("pending", "the Git host is down", "Release of a-1 to dev accepted, not in Git yet (id 0193)"),
        ] {
            assert_eq!(text(&answer(state, status), "dev", "a-1"), line);
        }
    }
}
