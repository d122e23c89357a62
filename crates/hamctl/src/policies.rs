//! `hamctl policy`.

use api::PoliciesResponse;

use crate::error::CommandError;
use crate::known;
use crate::output::Output;
use crate::server::Server;

/// What stands between two columns.
const GAP: &str = "     ";

pub(crate) async fn list(server: &Server, output: &Output) -> Result<(), CommandError> {
    match server.policies().await? {
        Some(answer) => output.answer(&answer, |answer| text(&server.service, answer)),
        None => output
            .answer(&PoliciesResponse { service: server.service.clone(), ..Default::default() }, |_| {
                "No policies exist for service\n".to_owned()
            }),
    }
}

pub(crate) async fn apply_auto_release(
    server: &Server,
    branch: &str,
    env: &str,
    output: &Output,
) -> Result<(), CommandError> {
    let answer = match server.apply_auto_release(branch, env).await {
        Ok(answer) => answer,
        Err(error) => return Err(known::or_unknown(server, Some(env), error.into()).await),
    };
    output.done(format_args!("Applied auto-release policy '{}' to service '{}'", answer.id, answer.service));
    output.data(&answer)
}

pub(crate) async fn apply_branch_restriction(
    server: &Server,
    branch_regex: &str,
    env: &str,
    output: &Output,
) -> Result<(), CommandError> {
    let answer = match server.apply_branch_restriction(branch_regex, env).await {
        Ok(answer) => answer,
        Err(error) => return Err(known::or_unknown(server, Some(env), error.into()).await),
    };
    output.done(format_args!(
        "Applied branch restriction policy '{}' to service '{}'",
        answer.id, answer.service
    ));
    output.data(&answer)
}

pub(crate) async fn delete(server: &Server, ids: &[String], output: &Output) -> Result<(), CommandError> {
    let mut ids = ids.to_vec();
    ids.sort();
    ids.dedup();
    let answer = server.delete_policies(&ids).await?;
    output.answer(&answer, |answer| format!("Deleted {} policies\n", answer.count))?;
    let missing = ids.len().saturating_sub(answer.count);
    if missing > 0 {
        return Err(CommandError::UnknownPolicies { service: server.service.clone(), ids, missing });
    }
    Ok(())
}

fn text(service: &str, policies: &PoliciesResponse) -> String {
    let mut text = format!("Policies for service {service}\n\n");
    if !policies.auto_releases.is_empty() {
        let rows =
            policies.auto_releases.iter().map(|policy| [&*policy.environment, &*policy.branch, &*policy.id]);
        text.push_str(&format!("Auto-releases:\n\n{}\n", table(["ENV", "BRANCH", "ID"], rows.collect())));
    }
    if !policies.branch_restrictions.is_empty() {
        let rows = policies
            .branch_restrictions
            .iter()
            .map(|policy| [&*policy.environment, &*policy.branch_regex, &*policy.id]);
        text.push_str(&format!("Branch restrictions:\n\n{}", table(["ENV", "REGEX", "ID"], rows.collect())));
    }
    text
}

/// Columns as wide as their longest value; headers do not count, as in the original.
fn table(header: [&str; 3], rows: Vec<[&str; 3]>) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2)];
    std::iter::once(&header)
        .chain(&rows)
        .map(|[first, second, third]| {
            let [a, b, c] = widths;
            format!("{first:<a$}{GAP}{second:<b$}{GAP}{third:<c$}\n")
        })
        .collect()
}
